// What foreign keys change in the table by themselves fires no trigger on it: triggers on the parents log it,
// through several levels. The twin is a child of the same parents, so that the server keeps it by itself.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Cascades : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE top (id INT NOT NULL PRIMARY KEY)");
        lab.sql("CREATE TABLE middle (id INT NOT NULL PRIMARY KEY, top INT NULL, note INT, CONSTRAINT m "
                "FOREIGN KEY "
                "(top) REFERENCES top (id) ON DELETE CASCADE ON UPDATE SET NULL)");
        for (const char* const table : {"t", "twin"}) {
            lab.sql(
                std::string{"CREATE TABLE "} + table +
                " (p INT NOT NULL, n INT NOT NULL, q INT NULL, v INT NOT NULL, PRIMARY KEY (p, n), "
                "CONSTRAINT " +
                table +
                "_p FOREIGN KEY (p) REFERENCES middle (id) ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT " +
                table + "_q FOREIGN KEY (q) REFERENCES middle (id) ON DELETE SET NULL ON UPDATE CASCADE)");
        }
        lab.sql("INSERT INTO top VALUES (1), (2), (3), (4), (5), (6), (7), (8)");
        lab.sql(
            "INSERT INTO middle WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) "
            "SELECT i, 1 + i % 8, 0 FROM n");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) "
                "SELECT 1 + i % 60, i, 1 + i % 7, i FROM n");
        lab.sql("INSERT INTO twin SELECT * FROM t");
        settings.strategy = StrategyChoice::shadow;
    }
    static void both(Session& session, const std::string& head, const std::string& tail) {
        session.run(head + "t" + tail);
        session.run(head + "twin" + tail);
    }
    // Parents go, come, take other numbers, alone and together with their children.
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(1 + random % 90);
        const std::string other = std::to_string(1 + random / 100 % 90);
        const std::string top = std::to_string(1 + random % 8);
        switch (random / 10000 % 9) {
        case 0:
            session.run("DELETE FROM middle WHERE id = " + id);
            break;
        case 1: // names parent and child in one statement
            session.run("DELETE FROM middle WHERE id IN (SELECT p FROM t WHERE p = " + id + ")");
            break;
        case 2:
            session.run("UPDATE middle SET id = " + other + " WHERE id = " + id);
            break;
        case 3:
            session.run("UPDATE middle SET note = note + 1 WHERE id = " + id);
            break;
        case 4:
            session.run("DELETE FROM top WHERE id = " + top);
            break;
        case 5:
            session.run("INSERT IGNORE INTO top VALUES (" + top + ")");
            break;
        case 6:
        case 7:
            session.run("INSERT IGNORE INTO top VALUES (" + top + ")");
            session.run("INSERT IGNORE INTO middle VALUES (" + id + ", " + top + ", 0), (" + other + ", " +
                        top + ", 0)");
            both(session, "REPLACE INTO ",
                 " VALUES (" + id + ", " + std::to_string(random % 997) + ", " + other + ", 0)");
            break;
        default:
            both(session, "UPDATE ", " SET v = v + 1 WHERE p = " + id);
        }
    }
    [[nodiscard]] std::int64_t differing() {
        return lab.number(
            "SELECT COUNT(*) FROM (SELECT p, n, q, v FROM (SELECT 't' AS s, p, n, q, v FROM t UNION ALL "
            "SELECT 'w', p, n, q, v FROM twin) AS u GROUP BY p, n, q, v HAVING SUM(s = 't') <> "
            "SUM(s = 'w')) AS d");
    }
    [[nodiscard]] bool refused_here() {
        if (!lab.mariadb()) {
            return false;
        }
        try {
            static_cast<void>(lab.plan(change("t", {"MODIFY v BIGINT NOT NULL"}), settings));
            ADD_FAILURE() << "not refused";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "foreign_keys");
        }
        return true;
    }
    static void wait_for(const Writers& writers, std::int64_t more) {
        const std::int64_t until = writers.steps() + more;
        while (writers.steps() < until && writers.error().empty()) {
            std::this_thread::yield();
        }
    }
    Settings settings;
};

TEST_P(Cascades, ArriveInTheNewTableAndOnTheWayBack) {
    if (refused_here()) {
        return;
    }
    const std::string before = lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or("");
    Writers writers{lab, 2, write};
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_TRUE(job.findings.empty());
    wait_for(writers, 150);
    const run::Outcome back = lab.revert(job.job);
    ASSERT_EQ(back.state, run::JobState::reverted) << back.reason;
    wait_for(writers, 50);
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    EXPECT_EQ(differing(), 0);
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or(""), before);
    EXPECT_EQ(lab.objects(), "middle, t, top, twin");
}

// One by one, so that each level and each rule is known to be logged, and nothing else.
TEST_P(Cascades, LogTheKeysOfExactlyTheRowsThatChange) {
    if (refused_here()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    const auto logged = [&] { return lab.number("SELECT COUNT(DISTINCT p, n) FROM t__tt_log"); };
    lab.sql("UPDATE middle SET note = 1");
    lab.sql("UPDATE top SET id = id");
    EXPECT_EQ(logged(), 0);
    const std::int64_t of_nine = lab.number("SELECT COUNT(*) FROM t WHERE p = 9 OR q = 9");
    ASSERT_GT(of_nine, 0);
    lab.sql("DELETE FROM middle WHERE id = 9");
    EXPECT_EQ(logged(), of_nine);
    hand.replay();
    const std::int64_t of_ten = lab.number("SELECT COUNT(*) FROM t WHERE p = 10");
    lab.sql("UPDATE middle SET id = 110 WHERE id = 10");
    EXPECT_EQ(logged(), 2 * of_ten); // the old keys and the new ones
    hand.replay();
    const std::int64_t of_top = lab.number(
        "SELECT COUNT(*) FROM t WHERE p IN (SELECT id FROM middle WHERE top = 3) OR q IN (SELECT id FROM "
        "middle WHERE top = 3)");
    ASSERT_GT(of_top, 0);
    lab.sql("DELETE FROM top WHERE id = 3");
    EXPECT_EQ(logged(), of_top);
    hand.replay();
    lab.sql("UPDATE top SET id = 104 WHERE id = 4"); // SET NULL in the middle, which no row below refers by
    EXPECT_EQ(logged(), 0);
    EXPECT_EQ(hand.verify().difference_count, 0);
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(differing(), 0);
}

// The application reads at REPEATABLE READ from before the child's commit: a plain read would not see the
// child.
TEST_P(Cascades, AreLoggedForRowsThatTheParentsTransactionCannotSee) {
    if (refused_here()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    const auto old = lab.open();
    old->run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    Transaction parent{*old, TxMode::write};
    static_cast<void>(old->run("SELECT COUNT(*) FROM t"));
    both(*lab.open(), "INSERT INTO ", " VALUES (12, 5000, NULL, 1)");
    hand.replay();
    old->run("DELETE FROM middle WHERE id = 12");
    parent.commit();
    hand.replay();
    EXPECT_EQ(hand.verify().difference_count, 0);
}

TEST_P(Cascades, ThatMayHaveBeenMissedStopTheJob) {
    if (refused_here()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.prepare();
    const auto drift = [&] {
        return hand.engine.copier().check_source(*hand.session, hand.blueprint, hand.origin);
    };
    EXPECT_EQ(drift().drift, Drift::none) << drift().reason;
    lab.sql("CREATE TRIGGER later BEFORE UPDATE ON middle FOR EACH ROW SET NEW.id = NEW.id + 1000");
    EXPECT_EQ(drift().drift, Drift::stop);
    lab.sql("DROP TRIGGER later");
    EXPECT_EQ(drift().drift, Drift::none);
    lab.sql("ALTER TABLE middle DROP FOREIGN KEY m");
    EXPECT_EQ(drift().drift, Drift::stop);
    EXPECT_TRUE(
        hand.engine.preparer().undo(*hand.session, hand.blueprint, {Millis{1000}, Millis{1000}}).granted);
    EXPECT_EQ(lab.objects(), "middle, t, top, twin");
}

TURNTABLE_ON_BOTH_SERVERS(Cascades);

} // namespace
} // namespace turntable::test
