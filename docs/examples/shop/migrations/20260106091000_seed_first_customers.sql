-- turntable:description A few customers, products and orders to begin with
-- turntable:up
insert into customers (email, full_name) values ('ann@example.org', 'Ann Alpha');
insert into customers (email, full_name) values ('bob@example.org', 'Bob Beta; Jr');
insert into customers (email, full_name) values ('eve@example.org', null);
insert into products (sku, title, price) values ('CUP', 'A cup', 17.08);
insert into products (sku, title, price) values ('PEN', 'A pen', 1.25);
insert into orders (customer_id, amount) select id, 17.08 from customers;
-- turntable:down
delete from orders;
delete from products;
delete from customers;
