// The shadow path over blueprints that the planner made: every kind of key and column travels there and back.
#include <set>

#include <fmt/core.h>

#include "runtime_database.hpp"

namespace turntable::test {
namespace {

class PostgresqlPlanned : public testing::TestWithParam<Server> {
  protected:
    PostgresqlPlanned()
        : database_(GetParam()),
          control_(database_.engine().open(SessionUse::control)),
          application_(database_.application()) {}

    void plan(const std::string& table, const std::vector<std::string>& clauses,
              const std::vector<Conversion>& conversions = {}) {
        ChangeRequest request;
        request.table = {"public", table};
        request.alter_clauses = clauses;
        request.conversions = conversions;
        PlanOptions options;
        options.settings.strategy = StrategyChoice::shadow;
        blueprint_ = database_.engine().planner().plan(*control_, request, options);
        blueprint_.job = "job7";
        ASSERT_EQ(blueprint_.strategy, Strategy::shadow) << blueprint_.strategy_reason;
    }
    // Everything up to the swap; `meanwhile` writes while the copy is half done, and again before the swap.
    void run_to_swap(const std::string& meanwhile, const std::string& again) {
        Engine& engine = database_.engine();
        engine.preparer().create_objects(*control_, blueprint_);
        ASSERT_TRUE(engine.preparer().install_capture(*control_, blueprint_, budget_).granted);
        origin_ = engine.copier().origin(*control_, blueprint_);
        std::string lower;
        for (int n = 0;; ++n) {
            const auto chunk = engine.copier().next_chunk(*control_, blueprint_, origin_, lower, 100);
            if (!chunk) {
                break;
            }
            Transaction transaction{*control_, TxMode::write};
            auto copied = engine.copier().copy_chunk(*control_, blueprint_, origin_, *chunk);
            ASSERT_TRUE(std::holds_alternative<CopiedChunk>(copied)) << std::get<DriftReport>(copied).reason;
            transaction.commit();
            lower = chunk->upper;
            if (n == 0) {
                application_->run(meanwhile);
            }
        }
        for (std::size_t n = 0; n < engine.indexer().steps(blueprint_).size(); ++n) {
            engine.indexer().build(*control_, blueprint_, n);
            engine.indexer().build(*control_, blueprint_, n);
        }
        replay(Direction::forward);
        verify();
        application_->run(again);
        ASSERT_EQ(swap(Direction::forward), SwapOutcome::Kind::done);
        engine.swapper().after_swap(*control_, blueprint_, Direction::forward);
        ASSERT_EQ(engine.swapper().where_is(*control_, blueprint_), Placement::swapped);
    }
    void replay(Direction direction) {
        for (;;) {
            Transaction transaction{*control_, TxMode::write};
            const Replayed replayed =
                database_.engine().replayer().replay_batch(*control_, blueprint_, direction, 1000);
            transaction.commit();
            ASSERT_TRUE(replayed.clashes.empty())
                << replayed.clashes[0].key << " " << replayed.clashes[0].reason;
            if (replayed.entries == 0) {
                return;
            }
        }
    }
    void verify() {
        std::string lower;
        Rows rows = 0;
        do {
            const auto chunk = database_.engine().verifier().next_chunk(*control_, blueprint_, lower, 90);
            Transaction transaction{*control_, TxMode::snapshot};
            const VerifiedChunk one =
                database_.engine().verifier().verify_chunk(*control_, blueprint_, *chunk, 5);
            transaction.commit();
            EXPECT_EQ(one.difference_count, 0) << (one.differences.empty() ? "" : one.differences[0].key);
            EXPECT_EQ(one.source_rows, one.shadow_rows);
            rows += one.source_rows;
            lower = chunk->upper;
        } while (!lower.empty());
        EXPECT_GT(rows, 0);
    }
    SwapOutcome::Kind swap(Direction direction) {
        const std::vector<std::string> none;
        return database_.engine()
            .swapper()
            .swap(database_.engine(), *control_,
                  {.blueprint = blueprint_,
                   .origin = origin_,
                   .direction = direction,
                   .budget = {Millis{300}, Millis{5000}},
                   .allow_old_snapshots = false,
                   .keep_old = true,
                   .recheck = none,
                   .fence = [](Session&) {},
                   .record = [](Session&) {}})
            .kind;
    }
    void revert() {
        EXPECT_TRUE(database_.engine().swapper().probe_revert(*control_, blueprint_, 5).empty());
        replay(Direction::back);
        ASSERT_EQ(swap(Direction::back), SwapOutcome::Kind::done);
        database_.engine().swapper().after_swap(*control_, blueprint_, Direction::back);
        ASSERT_EQ(database_.engine().swapper().where_is(*control_, blueprint_), Placement::reverted);
    }
    Cell ask(const std::string& sql) { return control_->run(sql).only(); }
    // The whole table as text, with a mapping to undo what the change did.
    Cell contents(const std::string& select) {
        return ask("SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text COLLATE \"C\")) FROM (" + select +
                   ") r");
    }

    ScratchDatabase database_;
    std::unique_ptr<Session> control_, application_;
    Blueprint blueprint_;
    std::string origin_;
    const LockBudget budget_{Millis{300}, Millis{300}};
};

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
