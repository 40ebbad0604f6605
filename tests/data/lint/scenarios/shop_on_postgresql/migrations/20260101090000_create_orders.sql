-- turntable:up
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    amount double precision NOT NULL,
    placed timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_user ON orders (user_id);
-- turntable:down
DROP TABLE orders;
