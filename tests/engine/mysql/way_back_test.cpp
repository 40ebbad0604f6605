// The way back where it is narrow: values that do not fit, values that nobody can compute, unique values that
// move while somebody looks; and the next change after it.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class WayBack : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, d DECIMAL(10,2), u INT NULL UNIQUE)");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                "SELECT i, IF(i % 10 = 0, NULL, i), i / 4, i FROM n");
    }
    [[nodiscard]] run::Outcome swapped(const std::vector<std::string>& clauses) {
        Settings settings;
        settings.strategy = StrategyChoice::shadow;
        run::Outcome outcome = lab.alter(change("t", clauses), settings);
        EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
        return outcome;
    }
};

TEST_P(WayBack, ANumberThatBecameATextComesBackWithEveryWrite) {
    const run::Outcome job = swapped({"MODIFY v VARCHAR(30), MODIFY d VARCHAR(30)"});
    lab.sql("UPDATE t SET v = '-77', d = '0.50' WHERE id = 1");
    lab.sql("UPDATE t SET v = NULL WHERE id = 2");
    lab.sql("UPDATE t SET v = '4' WHERE id = 10");
    lab.sql("UPDATE t SET u = NULL WHERE id = 20");
    lab.sql("DELETE FROM t WHERE id = 3");
    lab.sql("INSERT INTO t VALUES (900, '12', '-3.25', 900)");
    const run::Outcome back = lab.revert(job.job);
    EXPECT_EQ(back.state, run::JobState::reverted) << back.reason;
    EXPECT_EQ(
        lab.text("SELECT GROUP_CONCAT(CONCAT_WS('/', id, COALESCE(v, 'null'), d) ORDER BY id) FROM t WHERE "
                 "id IN (1, 2, 3, 4, 10, 20, 900)"),
        "1/-77/0.50,2/null/0.50,4/4/1.00,10/4/2.50,20/null/5.00,900/12/-3.25");
    EXPECT_EQ(lab.text("SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND "
                       "TABLE_NAME = 't' AND COLUMN_NAME = 'v'"),
              "int");
}

TEST_P(WayBack, ATextThatIsNoNumberIsNamedAndNothingHappens) {
    for (const std::string value : {"twelve", "1.5", "007", " 5", "99999999999", ""}) {
        const run::Outcome job = swapped({"MODIFY v VARCHAR(30)"});
        lab.sql("UPDATE t SET v = '" + value + "' WHERE id = 17");
        const run::Outcome back = lab.revert(job.job);
        EXPECT_EQ(back.state, run::JobState::swapped) << value;
        ASSERT_FALSE(back.clashes.empty()) << value;
        EXPECT_EQ(back.clashes.front().key, "id=17");
        lab.sql("UPDATE t SET v = '17' WHERE id = 17");
        EXPECT_EQ(lab.revert(job.job).state, run::JobState::reverted);
        EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    }
}

TEST_P(WayBack, IsRefusedWhereNothingSaysHowAValueIsMade) {
    lab.sql("ALTER TABLE t ADD s VARCHAR(20) NOT NULL DEFAULT 'x'");
    ChangeRequest request = change("t", {});
    request.conversions.push_back(convert_using("s", "INT", "LENGTH(s)", ""));
    request.conversions.back().inverse.reset();
    request.conversions.back().into = "n";
    const run::Outcome job = lab.alter(request);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    lab.sql("UPDATE t SET n = 9 WHERE id = 1");
    try {
        static_cast<void>(lab.revert(job.job));
        FAIL() << "a row's value is lost";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::refused);
        EXPECT_EQ(error.code(), "irreversible");
        EXPECT_NE(std::string{error.what()}.find("column n has no inverse"), std::string::npos)
            << error.what();
    }
    EXPECT_EQ(lab.text("SELECT n FROM t WHERE id = 1"), "9");
}

// What would be lost with the new table stops the way back, before the rehearsal and under the lock.
TEST_P(WayBack, WhatWasHungOnTheNewTableRefuses) {
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    struct Case {
        std::string done, undone, named;
    };
    const std::vector<Case> cases = {
        {"ALTER TABLE t ADD extra INT", "ALTER TABLE t DROP extra", "`extra`"},
        {"ALTER TABLE t ALTER d SET DEFAULT 7", "ALTER TABLE t ALTER d SET DEFAULT NULL", "`d`"},
        {"CREATE INDEX added ON t (d)", "DROP INDEX added ON t", "`added`"},
        {"CREATE TRIGGER quiet BEFORE UPDATE ON t FOR EACH ROW SET NEW.v = 1", "DROP TRIGGER quiet",
         "quiet BEFORE UPDATE"},
    };
    for (const Case& one : cases) {
        lab.sql(one.done);
        const DriftReport seen = hand.engine.swapper().check_window(*hand.session, hand.blueprint);
        EXPECT_EQ(seen.drift, Drift::stop) << one.done;
        EXPECT_NE(seen.reason.find(one.named), std::string::npos) << seen.reason;
        const SwapOutcome outcome = hand.swap(Direction::back);
        EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted) << one.done;
        EXPECT_EQ(outcome.drift.reason, seen.reason);
        lab.sql(one.undone);
        const DriftReport after = hand.engine.swapper().check_window(*hand.session, hand.blueprint);
        EXPECT_EQ(after.drift, Drift::none) << one.undone << ": " << after.reason;
    }
    lab.sql("CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES t (id))");
    EXPECT_EQ(hand.engine.swapper().check_window(*hand.session, hand.blueprint).drift, Drift::stop);
    lab.sql("DROP TABLE child");
    lab.sql("ALTER TABLE t ADD CONSTRAINT small CHECK (id < 1000000)");
    const DriftReport checked = hand.engine.swapper().check_window(*hand.session, hand.blueprint);
    EXPECT_NE(checked.reason.find("CHECK"), std::string::npos) << checked.reason;
    // The CHECK rebuilt the table, and nothing distinguishes a rebuild from a TRUNCATE.
    lab.sql("ALTER TABLE t DROP CONSTRAINT small");
    const SwapOutcome rebuilt = hand.swap(Direction::back);
    EXPECT_EQ(rebuilt.kind, SwapOutcome::Kind::drifted);
    EXPECT_NE(rebuilt.drift.reason.find("rebuilt"), std::string::npos) << rebuilt.drift.reason;
}

TEST_P(WayBack, ADroppedReverseTriggerRefuses) {
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    lab.sql("DROP TRIGGER " + lab.text("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE "
                                       "EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 't' AND "
                                       "EVENT_MANIPULATION = 'UPDATE'"));
    lab.sql("UPDATE t SET v = 1000 WHERE id = 1");
    const SwapOutcome outcome = hand.swap(Direction::back);
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_NE(outcome.drift.reason.find("writes may be missing"), std::string::npos) << outcome.drift.reason;
    EXPECT_EQ(lab.text("SELECT v FROM t WHERE id = 1"), "1000");
}

TEST_P(WayBack, UniqueValuesThatMoveMeanwhileAreNoReasonToRefuse) {
    const run::Outcome job = swapped({"MODIFY v BIGINT"});
    Writers writers{
        lab, 1, [](Session& session, unsigned random) {
            const std::string a = std::to_string(1 + random % 250);
            const std::string b = std::to_string(251 + random % 249);
            const auto of = [&](const std::string& id) {
                return session.run("SELECT u FROM t WHERE id = " + id + " FOR UPDATE").only().value();
            };
            const std::string of_a = of(a), of_b = of(b);
            session.run("UPDATE t SET u = NULL WHERE id = " + a);
            session.run("UPDATE t SET u = " + of_a + " WHERE id = " + b);
            session.run("UPDATE t SET u = " + of_b + " WHERE id = " + a);
        }};
    while (writers.steps() < 300 && writers.error().empty()) {
        std::this_thread::yield();
    }
    const run::Outcome back = lab.revert(job.job);
    EXPECT_EQ(back.state, run::JobState::reverted) << back.reason;
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    EXPECT_EQ(lab.number("SELECT COUNT(DISTINCT u) FROM t"), 500);
    EXPECT_EQ(lab.number("SELECT SUM(u) FROM t"), 500 * 501 / 2);
}

TEST_P(WayBack, ARowThatClashesKeepsWhatOnlyTheOldTableHas) {
    HandDriver driver{lab, change("t", {"DROP COLUMN d"})};
    driver.up_to_swap();
    ASSERT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    // Rows 1 and 2 have traded their unique values, and the entry of 1 alone is seen: that of 2 is put aside.
    lab.sql("UPDATE t SET u = NULL WHERE id = 1");
    lab.sql("UPDATE t SET u = 1 WHERE id = 2");
    lab.sql("UPDATE t SET u = 2 WHERE id = 1");
    lab.sql("CREATE TABLE aside AS SELECT * FROM t__tt_rev WHERE id = 2");
    lab.sql("DELETE FROM t__tt_rev WHERE id = 2");
    {
        Transaction transaction{*driver.session, TxMode::write};
        const Replayed replayed =
            driver.engine.replayer().replay_batch(*driver.session, driver.blueprint, Direction::back, 1000);
        transaction.commit();
        EXPECT_EQ(replayed.entries, 2);
        EXPECT_EQ(replayed.written + replayed.deleted, 0);
        EXPECT_TRUE(replayed.clashes.empty()) << "its partner may still come";
    }
    EXPECT_EQ(lab.text("SELECT CONCAT(u, '/', d) FROM t__tt_old WHERE id = 1"), "1/0.25");
    lab.sql("INSERT INTO t__tt_rev (id) SELECT id FROM aside");
    ASSERT_EQ(driver.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.text("SELECT GROUP_CONCAT(CONCAT(u, '/', d) ORDER BY id) FROM t WHERE id < 3"),
              "2/0.25,1/0.50");
}

TEST_P(WayBack, TheNextChangeDoesNotWaitForTheFinalizeOfOneThatWentBack) {
    const run::Outcome first = swapped({"MODIFY v BIGINT"});
    ASSERT_EQ(lab.revert(first.job).state, run::JobState::reverted);
    const run::Outcome second = swapped({"MODIFY v BIGINT"});
    EXPECT_EQ(lab.finalize(first.job).exit_code, 0);
    EXPECT_TRUE(lab.has_table("t__tt2_old"));
    EXPECT_EQ(lab.finalize(second.job).exit_code, 0);
    EXPECT_EQ(lab.objects(), "t");
}

TEST_P(WayBack, ACheckIsDroppedByTheNameItHasOnTheTable) {
    lab.sql("ALTER TABLE t ADD CONSTRAINT `odd name` CHECK (v < 1000), ADD CONSTRAINT kept CHECK (d < 1000)");
    const run::Outcome job = swapped({"DROP CONSTRAINT `odd name`, MODIFY v BIGINT"});
    lab.sql("UPDATE t SET v = 5000 WHERE id = 1");
    EXPECT_THROW(lab.sql("UPDATE t SET d = 5000 WHERE id = 1"), DatabaseError);
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
}

TURNTABLE_ON_BOTH_SERVERS(WayBack);

} // namespace
} // namespace turntable::test
