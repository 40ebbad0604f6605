-- turntable:description how often people come
-- turntable:up
ALTER TABLE `user` ADD COLUMN logins INT NOT NULL DEFAULT 0, ALGORITHM=INPLACE, LOCK=NONE;
DELIMITER //
CREATE TRIGGER count_logins BEFORE UPDATE ON `user` FOR EACH ROW
BEGIN
    IF NEW.seen <> OLD.seen THEN
        SET NEW.logins = OLD.logins + 1;
    END IF;
END//
DELIMITER ;
UPDATE `user` SET logins = 1;
-- turntable:down
DROP TRIGGER count_logins;
ALTER TABLE `user` DROP COLUMN logins, ALGORITHM=INPLACE;
