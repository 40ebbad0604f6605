-- turntable:up
CREATE INDEX orders_placed ON orders (placed);
CREATE INDEX orders_user_again ON orders (user_id);
-- turntable:down
DROP INDEX orders_placed;
