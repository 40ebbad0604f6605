// The shadow path from the first object to the last, and back.
#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PostgresqlSwap : public testing::TestWithParam<Server> {};

TEST_P(PostgresqlSwap, ATableWithoutWritersIsCopiedVerifiedAndSwapped) {
    ScratchDatabase database{GetParam()};
    RuntimeJob job{database, 500};
    job.prepare();
    job.copy();
    job.index();
    EXPECT_TRUE(job.replay().empty());
    EXPECT_EQ(job.differing_rows(), 0);
    const VerifiedChunk verified = job.verify();
    EXPECT_EQ(verified.source_rows, 500);
    EXPECT_EQ(verified.shadow_rows, 500);
    EXPECT_EQ(verified.difference_count, 0);
    EXPECT_EQ(job.engine().swapper().where_is(job.control(), job.blueprint()), Placement::captured);
    const SwapOutcome outcome = job.swap();
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::done);
    EXPECT_EQ(job.engine().swapper().where_is(job.control(), job.blueprint()), Placement::swapped);
    EXPECT_EQ(job.control().run("SELECT count(amount_cents) FROM public.payments").only_integer(), 500);
}

TEST_P(PostgresqlSwap, RevertKeepsEveryWriteMadeSinceTheSwapAndTheDroppedColumn) {
    ScratchDatabase database{GetParam()};
    RuntimeJob job{database, 300};
    job.until_swapped();
    const auto application = database.application();
    application->run("UPDATE payments SET amount_cents = 4242 WHERE id = 7");
    application->run("UPDATE payments SET note = 9.50 WHERE id = 8");
    application->run("DELETE FROM payments WHERE id = 9");
    application->run("INSERT INTO payments (id, account, amount_cents, note) VALUES (1000, 'new', 101, 1)");
    application->run("UPDATE payments SET id = 2000 WHERE id = 10");
    const std::string amount_8 =
        job.control().run("SELECT amount FROM turntable.old_1 WHERE id = 8").only().value_or("");
    EXPECT_TRUE(job.engine().swapper().probe_revert(job.control(), job.blueprint(), 5).empty());
    EXPECT_TRUE(job.replay(Direction::back).empty());
    ASSERT_EQ(job.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(job.engine().swapper().where_is(job.control(), job.blueprint()), Placement::reverted);
    Session& control = job.control();
    EXPECT_EQ(control.run("SELECT amount || ' ' || legacy FROM public.payments WHERE id = 7").only(),
              "42.42 l7");
    EXPECT_EQ(
        control.run("SELECT amount || ' ' || note || ' ' || legacy FROM public.payments WHERE id = 8").only(),
        amount_8 + " 9.50 l8");
    EXPECT_EQ(control.run("SELECT count(*) FROM public.payments WHERE id IN (9, 10)").only_integer(), 0);
    EXPECT_EQ(control.run("SELECT amount FROM public.payments WHERE id = 1000").only(), "1.01");
    EXPECT_EQ(control.run("SELECT count(*) FROM public.payments WHERE id = 2000 AND account = 'a10'")
                  .only_integer(),
              1);
    EXPECT_EQ(control.run("SELECT count(*) FROM public.payments").only_integer(), 300);
}

TEST_P(PostgresqlSwap, UndoLeavesTheSourceAsItWasFound) {
    ScratchDatabase database{GetParam()};
    RuntimeJob job{database, 100};
    job.prepare();
    job.copy();
    const LockBudget budget{Millis{300}, Millis{300}};
    EXPECT_TRUE(job.engine().preparer().undo(job.control(), job.blueprint(), budget).granted);
    EXPECT_TRUE(job.engine().preparer().undo(job.control(), job.blueprint(), budget).granted);
    EXPECT_EQ(job.control()
                  .run("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'public.payments'::regclass")
                  .only_integer(),
              0);
    EXPECT_EQ(job.control()
                  .run("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"
                       " nspname = 'turntable'")
                  .only_integer(),
              0);
    EXPECT_EQ(job.control()
                  .run("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE"
                       " nspname = 'turntable'")
                  .only_integer(),
              0);
    EXPECT_EQ(job.engine().swapper().where_is(job.control(), job.blueprint()), Placement::untouched);
}

TEST_P(PostgresqlSwap, FinalizeRemovesEverythingButTheNewTable) {
    ScratchDatabase database{GetParam()};
    RuntimeJob job{database, 100};
    job.until_swapped();
    const LockBudget budget{Millis{300}, Millis{300}};
    for (int twice = 0; twice < 2; ++twice) {
        EXPECT_TRUE(job.engine()
                        .retirer()
                        .remove_capture(job.control(), job.blueprint(), Direction::forward, budget)
                        .granted);
        EXPECT_TRUE(
            job.engine().retirer().retire_slice(job.control(), job.blueprint(), Direction::forward, 1000));
    }
    EXPECT_EQ(job.engine().swapper().where_is(job.control(), job.blueprint()), Placement::finalized);
    EXPECT_EQ(job.control()
                  .run("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"
                       " nspname = 'turntable'")
                  .only_integer(),
              0);
    EXPECT_EQ(job.control().run("SELECT count(*) FROM public.payments").only_integer(), 100);
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlSwap, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlSwap);

} // namespace
} // namespace turntable::test
