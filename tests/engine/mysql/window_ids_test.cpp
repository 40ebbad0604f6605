// TRUNCATE fires no trigger. In the revert window the ids of both tables, as they stood at the swap, tell of
// it; and they must never refuse a way back that is right.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class WindowIds : public OnBothServers {
  protected:
    void fill(const std::string& more_columns, const std::string& more_options = "") {
        lab.sql("CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT, txt VARCHAR(40)" +
                more_columns + ") " + more_options);
        lab.sql("INSERT INTO t (v, txt) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                "i < 300) SELECT i, CONCAT('words ', i) FROM n");
    }
    [[nodiscard]] run::Outcome swapped(const std::vector<std::string>& clauses) {
        Settings settings;
        settings.strategy = StrategyChoice::shadow;
        run::Outcome outcome = lab.alter(change("t", clauses), settings);
        EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
        return outcome;
    }
    // Refused, with the window open and the application's rows in place; finalize ends it.
    void expect_refused(const std::string& job, const std::string& named) {
        const run::Outcome back = lab.revert(job);
        EXPECT_EQ(back.exit_code, 3) << back.reason;
        EXPECT_EQ(back.state, run::JobState::swapped) << back.reason;
        EXPECT_NE(back.reason.find(named), std::string::npos) << back.reason;
        EXPECT_EQ(lab.finalize(job).state, run::JobState::finalized);
        EXPECT_EQ(lab.objects(), "t");
    }
};

TEST_P(WindowIds, ATableTruncatedInTheWindowIsNotSwappedBack) {
    fill("");
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    lab.sql("TRUNCATE TABLE t");
    lab.sql("INSERT INTO t VALUES (1, 7, 'after')");
    expect_refused(job.job, "truncated or rebuilt");
    EXPECT_EQ(lab.text("SELECT GROUP_CONCAT(v) FROM t"), "7");
}

TEST_P(WindowIds, ATruncatedPartitionIsSeen) {
    fill("", "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN "
             "MAXVALUE)");
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    lab.sql("ALTER TABLE t TRUNCATE PARTITION p0");
    expect_refused(job.job, "truncated or rebuilt");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t"), 201);
}

TEST_P(WindowIds, AnOldTableTruncatedInTheWindowIsNotSwappedIn) {
    fill("");
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    lab.sql("TRUNCATE TABLE t__tt_old");
    expect_refused(job.job, "the old table");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t"), 300);
}

// A rebuild leaves nothing that tells it from a TRUNCATE; what changes the definition alone does.
TEST_P(WindowIds, AForeignRebuildRefusesAndAnIndexTakenAwayAgainDoesNot) {
    fill("");
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    lab.sql("CREATE INDEX added ON t (v)");
    EXPECT_EQ(hand.swap(Direction::back).kind, SwapOutcome::Kind::drifted);
    lab.sql("DROP INDEX added ON t");
    EXPECT_EQ(hand.engine.swapper().check_window(*hand.session, hand.blueprint).reason, "");
    lab.sql("ALTER TABLE t FORCE");
    const SwapOutcome rebuilt = hand.swap(Direction::back);
    EXPECT_EQ(rebuilt.kind, SwapOutcome::Kind::drifted);
    EXPECT_NE(rebuilt.drift.reason.find("rebuilt"), std::string::npos) << rebuilt.drift.reason;
}

TEST_P(WindowIds, AChangedCommentOfTheLogIsNotTakenForGood) {
    fill("");
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    lab.sql("ALTER TABLE t__tt_rev COMMENT = 'tidy'");
    EXPECT_EQ(hand.swap(Direction::back).kind, SwapOutcome::Kind::drifted);
}

// A full-text index makes the server rebuild the shadow in the index phase; the position of AUTO_INCREMENT is
// carried both ways.
TEST_P(WindowIds, AShadowThatTheIndexPhaseRebuiltGoesBack) {
    fill(", u INT UNIQUE, FULLTEXT KEY words (txt), KEY v_index (v)");
    lab.sql("INSERT INTO t (id, v) VALUES (5000, 1)");
    lab.sql("DELETE FROM t WHERE id >= 5000");
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    lab.sql("INSERT INTO t (v) VALUES (2)");
    lab.sql("DELETE FROM t WHERE id >= 5000");
    const run::Outcome back = lab.revert(job.job);
    EXPECT_EQ(back.state, run::JobState::reverted) << back.reason;
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t"), 300);
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
}

TEST_P(WindowIds, ATableWithForeignKeysGoesBack) {
    if (lab.mariadb()) { // such tables are refused there, which foreign_keys_test.cpp shows
        return;
    }
    lab.sql("CREATE TABLE parent (id INT PRIMARY KEY)");
    lab.sql("INSERT INTO parent VALUES (1)");
    fill(", p INT, CONSTRAINT of_parent FOREIGN KEY (p) REFERENCES parent (id)");
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    lab.sql("UPDATE t SET p = 1, v = 9 WHERE id = 5");
    const run::Outcome back = lab.revert(job.job);
    EXPECT_EQ(back.state, run::JobState::reverted) << back.reason;
    EXPECT_EQ(lab.text("SELECT CONCAT(p, '/', v) FROM t WHERE id = 5"), "1/9");
}

// The ids are kept before the lock of each try: those of a try that came to nothing are not the last word.
TEST_P(WindowIds, OfATryThatCameToNothingAreRenewed) {
    fill("");
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    hand.lock_timeout = Millis{50};
    {
        const auto blocker = lab.open();
        const Transaction open_transaction{*blocker, TxMode::write};
        blocker->run("SELECT COUNT(*) FROM t");
        ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::lock_not_granted);
    }
    hand.lock_timeout = Millis{2000};
    lab.sql("ALTER TABLE t__tt_new FORCE");
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    lab.sql("UPDATE t SET v = 77 WHERE id = 1");
    ASSERT_EQ(hand.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.number("SELECT v FROM t WHERE id = 1"), 77);
}

TURNTABLE_ON_BOTH_SERVERS(WindowIds);

} // namespace
} // namespace turntable::test
