// The shadow path over blueprints that the planner made: every kind of key and column travels there and back.
#include "runtime_planned.hpp"

namespace turntable::test {
namespace {

class PostgresqlPlanned : public PlannedRun {};

TEST_P(PostgresqlPlanned, AnIdentityKeyWidenedToBigintGoesThereAndBack) {
    application_->run(
        "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE,"
        " total numeric(12,2), doubled numeric GENERATED ALWAYS AS (total * 2) STORED)");
    application_->run(
        "INSERT INTO orders (code, total) SELECT 'c' || i, i / 3.0 FROM generate_series(1, 1500) i");
    application_->run("ANALYZE orders");
    plan("orders", {"ALTER COLUMN id TYPE bigint"});
    run_to_swap("UPDATE orders SET total = 1.50 WHERE id % 7 = 0; DELETE FROM orders WHERE id = 3;"
                " INSERT INTO orders (code, total) VALUES ('fresh', 5)",
                "UPDATE orders SET total = 2.50 WHERE id = 1400; INSERT INTO orders (code) VALUES ('late')");
    EXPECT_EQ(
        ask("SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND"
            " attname = 'id'"),
        "bigint");
    EXPECT_EQ(ask("SELECT doubled::text FROM public.orders WHERE id = 1400"), "5.00");
    application_->run("INSERT INTO orders (code) VALUES ('new')");
    EXPECT_EQ(ask("SELECT id::text FROM public.orders WHERE code = 'new'"), "1503") << "no number twice";
    application_->run("UPDATE orders SET total = 7 WHERE id = 9");
    const Cell before = contents("SELECT id, code, total, doubled FROM public.orders");
    revert();
    EXPECT_EQ(contents("SELECT id, code, total, doubled FROM public.orders"), before);
    application_->run("INSERT INTO orders (code) VALUES ('newer')");
    EXPECT_EQ(ask("SELECT id::text FROM public.orders WHERE code = 'newer'"), "1504");
}

TEST_P(PostgresqlPlanned, ACompositeKeyOfTextAndDescendingNumberInQuotedNames) {
    application_->run(
        "CREATE TABLE \"We\"\"ird Table\" (\"Key A\" text COLLATE \"C\", b numeric, \"select\" float8, j"
        " jsonb, UNIQUE (b, \"select\"))");
    application_->run("CREATE UNIQUE INDEX \"Strange\" ON \"We\"\"ird Table\" (\"Key A\", b DESC)");
    application_->run("ALTER TABLE \"We\"\"ird Table\" ALTER \"Key A\" SET NOT NULL, ALTER b SET NOT NULL");
    application_->run(
        "INSERT INTO \"We\"\"ird Table\" SELECT chr(65 + i % 50) || '''\\\"', i / 10.0, i, '{\"a\": 1.0}'"
        " FROM generate_series(1, 1200) i");
    application_->run("ANALYZE \"We\"\"ird Table\"");
    plan("We\"ird Table", {"ADD COLUMN extra int DEFAULT 7", "ALTER COLUMN j TYPE json USING j::json"});
    run_to_swap("UPDATE \"We\"\"ird Table\" SET b = b + 1000 WHERE b < 3;"
                " UPDATE \"We\"\"ird Table\" SET b = 5.00 WHERE b = 5.0",
                "UPDATE \"We\"\"ird Table\" SET \"Key A\" = \"Key A\" || 'x' WHERE b BETWEEN 50 AND 51");
    EXPECT_EQ(ask("SELECT count(*)::text FROM public.\"We\"\"ird Table\" WHERE extra = 7"), "1200");
    application_->run("UPDATE \"We\"\"ird Table\" SET \"select\" = '-0' WHERE b = 60");
    const Cell before = contents("SELECT \"Key A\", b, \"select\", j FROM public.\"We\"\"ird Table\"");
    revert();
    EXPECT_EQ(contents("SELECT \"Key A\", b, \"select\", j FROM public.\"We\"\"ird Table\""), before);
}

TEST_P(PostgresqlPlanned, MoneyInFloatsBecomesCentsAndTheOriginalsReturn) {
    application_->run("CREATE TABLE payments (id bigserial PRIMARY KEY, amount float8, memo text)");
    application_->run(
        "INSERT INTO payments (amount) SELECT CASE i % 4 WHEN 0 THEN 1.005 WHEN 1 THEN 17.08 WHEN 2 THEN"
        " i * 0.01 END FROM generate_series(1, 1000) i");
    application_->run("ANALYZE payments");
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.round = Rounding::half_up;
    cents.inexact = InexactPolicy::accept;
    cents.into = "amount_cents";
    plan("payments", {}, {cents});
    const Cell originals = contents("SELECT id, amount FROM public.payments WHERE id > 200 AND id <= 1000");
    run_to_swap(
        "UPDATE payments SET amount = 0.285 WHERE id <= 100; INSERT INTO payments (amount) VALUES (9.99)",
        "DELETE FROM payments WHERE id = 150");
    EXPECT_EQ(ask("SELECT count(*)::text FROM public.payments WHERE amount_cents = 29 AND id <= 100"), "100");
    EXPECT_EQ(ask("SELECT count(*)::text FROM public.payments WHERE amount_cents = 101 AND id > 200"), "200");
    application_->run("UPDATE payments SET memo = 'seen' WHERE id > 200");
    application_->run("UPDATE payments SET amount_cents = 1234 WHERE id = 120");
    revert();
    EXPECT_EQ(contents("SELECT id, amount FROM public.payments WHERE id > 200 AND id <= 1000"), originals)
        << "unrounded originals survive";
    EXPECT_EQ(ask("SELECT amount::text FROM public.payments WHERE id = 120"), "12.34");
    EXPECT_EQ(ask("SELECT count(*)::text FROM public.payments WHERE memo = 'seen'"), "801");
}

TEST_P(PostgresqlPlanned, TheKeyMayBecomeTextWhoseOrderIsAnother) {
    application_->run("CREATE TABLE things (id int PRIMARY KEY, name text)");
    application_->run("INSERT INTO things SELECT i, 'n' || i FROM generate_series(1, 900) i");
    application_->run("ANALYZE things");
    plan("things", {"ALTER COLUMN id TYPE text USING id::text"});
    run_to_swap("UPDATE things SET id = 5000 WHERE id = 5; DELETE FROM things WHERE id = 9",
                "INSERT INTO things VALUES (9, 'again')");
    EXPECT_EQ(ask("SELECT count(*)::text FROM public.things WHERE id IN ('5000', '9', '5')"), "2");
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlPlanned, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlPlanned);

} // namespace
} // namespace turntable::test
