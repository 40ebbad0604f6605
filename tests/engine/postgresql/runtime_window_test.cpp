// The revert window: what the reverse log must carry back, and what must stop a revert.
#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PostgresqlWindow : public testing::TestWithParam<Server> {
  protected:
    PostgresqlWindow() : database_(GetParam()), job_(database_, 200), application_(database_.application()) {
        job_.until_swapped();
        application_->run("SET search_path = public");
    }
    std::vector<Clash> probe() {
        return job_.engine().swapper().probe_revert(job_.control(), job_.blueprint(), 5);
    }
    Cell ask(const std::string& sql) { return job_.control().run(sql).only(); }

    ScratchDatabase database_;
    RuntimeJob job_;
    std::unique_ptr<Session> application_;
};

TEST_P(PostgresqlWindow, AnUnroundedOriginalSurvivesAnUpdateOfAnotherColumn) {
    const Cell original = ask("SELECT amount::text FROM turntable.old_1 WHERE id = 5");
    application_->run("UPDATE payments SET note = 1 WHERE id = 5");
    job_.replay(Direction::back);
    EXPECT_EQ(ask("SELECT amount::text FROM turntable.old_1 WHERE id = 5"), original);
    EXPECT_EQ(ask("SELECT note::text FROM turntable.old_1 WHERE id = 5"), "1");
}

TEST_P(PostgresqlWindow, ADroppedColumnKeepsItsOldValueAcrossDeleteAndInsertOfTheReplay) {
    application_->run("UPDATE payments SET amount_cents = 1, account = 'other' WHERE id = 6");
    job_.replay(Direction::back);
    EXPECT_EQ(ask("SELECT amount || legacy || account FROM turntable.old_1 WHERE id = 6"), "0.01l6other");
}

TEST_P(PostgresqlWindow, RowsThatTradeUniqueValuesKeepTheirDroppedColumn) {
    application_->run(
        "BEGIN; UPDATE payments SET account = 'spare' WHERE id = 10; UPDATE payments SET account = 'a10'"
        " WHERE id = 11; UPDATE payments SET account = 'a11' WHERE id = 10; COMMIT");
    EXPECT_TRUE(probe().empty());
    EXPECT_FALSE(job_.replay(Direction::back, 1).empty())
        << "one key at a time they clash, and keep their old selves";
    EXPECT_TRUE(job_.replay(Direction::back).empty());
    EXPECT_EQ(ask("SELECT string_agg(account || legacy, ',' ORDER BY id) FROM turntable.old_1 WHERE id IN "
                  "(10, 11)"),
              "a11l10,a10l11");
}

TEST_P(PostgresqlWindow, ATruncateIsCarriedBackWithWhatWasInsertedAfterIt) {
    application_->run("UPDATE payments SET note = 3 WHERE id = 1");
    application_->run("TRUNCATE payments");
    application_->run("INSERT INTO payments (id, amount_cents) VALUES (2, 250), (900, 1)");
    EXPECT_TRUE(probe().empty());
    EXPECT_TRUE(job_.replay(Direction::back).empty());
    ASSERT_EQ(job_.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(ask("SELECT string_agg(id || '=' || amount, ',' ORDER BY id) FROM public.payments"),
              "2=2.5,900=0.01");
}

TEST_P(PostgresqlWindow, AValueThatDoesNotFitTheOldShapeIsFoundByTheProbeAndNothingIsChanged) {
    application_->run("UPDATE payments SET amount_cents = 9007199254740993 WHERE id = 12");
    application_->run("UPDATE payments SET amount_cents = 100 WHERE id = 13");
    const std::vector<Clash> clashes = probe();
    ASSERT_EQ(clashes.size(), 1U);
    EXPECT_EQ(clashes[0].key, "id=12");
    EXPECT_EQ(ask("SELECT count(*)::text FROM turntable.reverse_1"), "2");
    EXPECT_EQ(ask("SELECT (amount = 1)::text FROM turntable.old_1 WHERE id = 13"), "false");
}

TEST_P(PostgresqlWindow, ADuplicateThatOnlyTheOldShapeForbidsIsFoundByTheProbe) {
    application_->run("DROP INDEX shadow_1_account");
    application_->run("UPDATE payments SET account = 'same' WHERE id IN (20, 21)");
    const std::vector<Clash> clashes = probe();
    ASSERT_GE(clashes.size(), 1U);
    EXPECT_NE(clashes[0].reason.find("same"), std::string::npos);
}

TEST_P(PostgresqlWindow, TriggersDisabledInTheWindowRefuseTheRevert) {
    application_->run("ALTER TABLE payments DISABLE TRIGGER turntable_row");
    application_->run("UPDATE payments SET note = 1 WHERE id = 1");
    application_->run("ALTER TABLE payments ENABLE ALWAYS TRIGGER turntable_row");
    const SwapOutcome outcome = job_.swap(Direction::back);
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_EQ(outcome.drift.drift, Drift::stop);
}

// What would be lost with the new table stops the way back, before the rehearsal and under the lock.
TEST_P(PostgresqlWindow, WhatWasHungOnTheNewTableRefusesTheRevertUntilItIsTakenAway) {
    struct Case {
        std::string done, undone, named;
    };
    const std::vector<Case> cases = {
        {"ALTER TABLE payments ADD extra_one int", "ALTER TABLE payments DROP extra_one", "column extra_one"},
        {"ALTER TABLE payments ALTER note SET DEFAULT 7", "ALTER TABLE payments ALTER note DROP DEFAULT",
         "column note"},
        {"CREATE INDEX added ON payments (note)", "DROP INDEX added", "index"},
        {"ALTER TABLE payments ADD CONSTRAINT small CHECK (id < 1000000)",
         "ALTER TABLE payments DROP CONSTRAINT small", "constraint small"},
        {"CREATE TABLE child (id bigint REFERENCES payments)", "DROP TABLE child", "child"},
        {"CREATE VIEW seen AS SELECT id FROM payments", "DROP VIEW seen", "seen"},
        {"CREATE TRIGGER quiet BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION "
         "suppress_redundant_updates_trigger()",
         "DROP TRIGGER quiet ON payments", "trigger quiet"},
        {"GRANT SELECT ON payments TO PUBLIC", "REVOKE SELECT ON payments FROM PUBLIC", "privileges"},
        {"GRANT SELECT (id) ON payments TO PUBLIC", "REVOKE SELECT (id) ON payments FROM PUBLIC",
         "privileges on column id"},
        {"CREATE POLICY own ON payments USING (true)", "DROP POLICY own ON payments", "policy own"},
    };
    for (const Case& one : cases) {
        application_->run(one.done);
        const DriftReport seen = job_.engine().swapper().check_window(job_.control(), job_.blueprint());
        EXPECT_EQ(seen.drift, Drift::stop) << one.done;
        EXPECT_NE(seen.reason.find(one.named), std::string::npos) << seen.reason;
        const SwapOutcome outcome = job_.swap(Direction::back);
        EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted) << one.done;
        EXPECT_EQ(outcome.drift.reason, seen.reason);
        application_->run(one.undone);
        const DriftReport after = job_.engine().swapper().check_window(job_.control(), job_.blueprint());
        EXPECT_EQ(after.drift, Drift::none) << one.undone << ": " << after.reason;
    }
    EXPECT_EQ(job_.swap(Direction::back).kind, SwapOutcome::Kind::done);
}

TEST_P(PostgresqlWindow, AfterARevertTheNewTableIsRetiredWithTheValuesThatOnlyItHas) {
    application_->run("UPDATE payments SET amount_cents = 5 WHERE id = 1");
    job_.replay(Direction::back);
    ASSERT_EQ(job_.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(ask("SELECT amount_cents::text FROM turntable.shadow_1 WHERE id = 1"), "5");
    const LockBudget budget{Millis{300}, Millis{300}};
    EXPECT_TRUE(job_.engine()
                    .retirer()
                    .remove_capture(job_.control(), job_.blueprint(), Direction::back, budget)
                    .granted);
    EXPECT_TRUE(
        job_.engine().retirer().retire_slice(job_.control(), job_.blueprint(), Direction::back, 1000));
    EXPECT_EQ(ask("SELECT count(*)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                  "nspname ="
                  " 'turntable'"),
              "0");
    EXPECT_EQ(ask("SELECT count(*)::text FROM pg_trigger WHERE tgrelid = 'public.payments'::regclass"), "0");
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlWindow, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlWindow);

} // namespace
} // namespace turntable::test
