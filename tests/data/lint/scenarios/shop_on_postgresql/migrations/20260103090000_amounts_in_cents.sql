-- turntable:up
SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN amount TYPE bigint USING (amount * 100)::bigint;
-- turntable:down
SELECT 1;
