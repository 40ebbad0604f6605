// Triggers of the user's: each fires once for each write, before, during and after the change, there and
// back, in its order, with its definer and settings. MariaDB has no gapless way, and refuses by name.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class UserTriggers : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT NOT NULL, w INT NOT NULL DEFAULT 0)");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
                "SELECT i, i, 2 * (i + 1) FROM n");
        for (const char* const table : {"audit", "expected"}) {
            lab.sql(std::string{"CREATE TABLE "} + table +
                    " (n INT NOT NULL AUTO_INCREMENT PRIMARY KEY, what CHAR(1) NOT NULL, id INT NOT NULL)");
        }
        lab.sql("CREATE TRIGGER last BEFORE INSERT ON t FOR EACH ROW SET NEW.w = NEW.w * 2");
        lab.sql("CREATE TRIGGER first BEFORE INSERT ON t FOR EACH ROW PRECEDES last SET NEW.w = NEW.v + 1");
        lab.sql(
            "CREATE TRIGGER `log i` AFTER INSERT ON t FOR EACH ROW INSERT INTO audit (what, id) VALUES ('i', "
            "NEW.id) -- the end of the line");
        lab.sql("CREATE TRIGGER log_u AFTER UPDATE ON t FOR EACH ROW BEGIN IF OLD.id = NEW.id THEN INSERT "
                "INTO audit "
                "(what, id) VALUES ('u', NEW.id); END IF; END");
        lab.sql("SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
        lab.sql("CREATE TRIGGER log_d AFTER DELETE ON t FOR EACH ROW INSERT INTO \"audit\" (what, id) VALUES "
                "('d', "
                "OLD.id)");
        lab.sql("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
        settings.strategy = StrategyChoice::shadow;
    }
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(1 + random % 600);
        const unsigned kind = random / 1000 % 3;
        const std::string statement = kind == 0   ? "DELETE FROM t WHERE id = " + id
                                      : kind == 1 ? "INSERT INTO t (id, v) VALUES (" + id + ", 7)"
                                                  : "UPDATE t SET v = v + 1 WHERE id = " + id;
        if (session.run(statement).affected > 0) {
            const std::string what = kind == 0 ? "d" : kind == 1 ? "i" : "u";
            session.run("INSERT INTO expected (what, id) VALUES ('" + what + "', " + id + ")");
        }
    }
    [[nodiscard]] std::string definitions() {
        const ResultSet found =
            lab.sql("SELECT TRIGGER_NAME, ACTION_ORDER, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, "
                    "DEFINER, SQL_MODE, "
                    "CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION, EVENT_OBJECT_TABLE FROM "
                    "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY "
                    "EVENT_MANIPULATION, ACTION_TIMING, "
                    "ACTION_ORDER");
        std::string out;
        for (const auto& row : found.rows) {
            for (const Cell& cell : row) {
                out += cell.value_or("") + "|";
            }
            out += "\n";
        }
        return out;
    }
    // Rows of the one that the other has not as often.
    [[nodiscard]] std::string wrongly_fired() {
        return lab.text(
            "SELECT GROUP_CONCAT(what, id, ': ', a, ' instead of ', e) FROM (SELECT what, id, SUM(s = 'a') "
            "AS a, SUM(s = 'e') AS e FROM (SELECT 'a' AS s, what, id FROM audit UNION ALL SELECT 'e', what, "
            "id FROM expected) AS u GROUP BY what, id HAVING a <> e) AS d");
    }
    static void wait_for(const Writers& writers, std::int64_t more) {
        const std::int64_t until = writers.steps() + more;
        while (writers.steps() < until && writers.error().empty()) {
            std::this_thread::yield();
        }
    }
    [[nodiscard]] std::string refusal(const std::string& clause) {
        try {
            static_cast<void>(lab.plan(change("t", {clause}), settings));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "user_triggers");
            return error.what();
        }
        return "";
    }
    Settings settings;
};

TEST_P(UserTriggers, FireOnceForEachWriteThereAndBack) {
    const std::string before = definitions();
    if (lab.mariadb()) {
        EXPECT_NE(refusal("MODIFY v BIGINT NOT NULL").find("has the trigger '"), std::string::npos);
        EXPECT_EQ(definitions(), before);
        return;
    }
    Writers writers{lab, 2, write};
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_TRUE(job.findings.empty());
    wait_for(writers, 100);
    const run::Outcome back = lab.revert(job.job);
    ASSERT_EQ(back.state, run::JobState::reverted) << back.reason;
    wait_for(writers, 100);
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(definitions(), before);
    const run::Outcome again = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    wait_for(writers, 100);
    EXPECT_EQ(lab.finalize(again.job).exit_code, 0);
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    EXPECT_EQ(wrongly_fired(), "NULL");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE w <> 16 AND w <> 2 * (id + 1)"), 0);
    EXPECT_EQ(definitions(), before);
}

// The names are given back after the swap; until then the copies fire, in the same order.
TEST_P(UserTriggers, FireOnceWhileTheirNamesCannotBeGivenBack) {
    if (lab.mariadb()) {
        return;
    }
    const std::string before = definitions();
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    const auto idle = lab.open();
    Transaction open{*idle, TxMode::write};
    static_cast<void>(idle->run("SELECT COUNT(*) FROM t"));
    hand.engine.swapper().after_swap(*hand.session, hand.blueprint, Direction::forward);
    EXPECT_NE(definitions(), before);
    EXPECT_EQ(hand.engine.swapper().check_window(*hand.session, hand.blueprint).drift, Drift::none);
    const auto writer = lab.open();
    for (unsigned i = 0; i < 50; ++i) {
        Transaction one{*writer, TxMode::write};
        write(*writer, 1000 + i); // inserts 401, 402, …
        one.commit();
    }
    open.commit();
    EXPECT_EQ(wrongly_fired(), "NULL");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE id > 400 AND w <> 16"), 0);
    hand.engine.swapper().after_swap(*hand.session, hand.blueprint, Direction::forward);
    hand.finalize();
    EXPECT_EQ(definitions(), before);
    EXPECT_TRUE(hand.engine.planner()
                    .unexpected_changes(*hand.session, hand.blueprint, Planner::Moment::finalized)
                    .empty());
}

TEST_P(UserTriggers, ThatTheNewTableCouldNotHaveAreRefusedByName) {
    if (lab.mariadb()) {
        return;
    }
    const std::string why = refusal("DROP COLUMN w");
    EXPECT_NE(why.find("'first'"), std::string::npos) << why;
    EXPECT_NE(why.find("'w'"), std::string::npos) << why;
    EXPECT_EQ(refusal("MODIFY v BIGINT NOT NULL"), "");
}

TEST_P(UserTriggers, ChangedMeanwhileStopTheJobAndStayAsTheyAre) {
    if (lab.mariadb()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    lab.sql("DROP TRIGGER log_d");
    const SwapOutcome outcome = hand.swap();
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_EQ(outcome.drift.drift, Drift::stop);
    EXPECT_TRUE(
        hand.engine.preparer().undo(*hand.session, hand.blueprint, {Millis{1000}, Millis{1000}}).granted);
    EXPECT_EQ(lab.objects(), "audit, expected, t, trigger first, trigger last, trigger log i, trigger log_u");
}

TURNTABLE_ON_BOTH_SERVERS(UserTriggers);

} // namespace
} // namespace turntable::test
