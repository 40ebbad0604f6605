// A table with foreign keys to itself, trees whose rows delete each other: such a row fires no trigger. The
// twin has trees of its own, so that the server keeps it by itself. The trees are small: MySQL 9.7 refuses to
// cascade into more than a few rows of one table, the fewer the more keys it has to itself (error 6575).
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class OwnKeys : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE owner (id INT NOT NULL PRIMARY KEY)");
        lab.sql(
            "INSERT INTO owner WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) "
            "SELECT i FROM n");
        for (const std::string table : {"t", "twin"}) {
            lab.sql(
                "CREATE TABLE " + table +
                " (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, up INT NULL, friend INT NULL, owner INT NULL, "
                "v INT NOT NULL, KEY friend_key (friend, id), CONSTRAINT " +
                table + "_tree FOREIGN KEY (up) REFERENCES " + table +
                " (id) ON DELETE CASCADE, CONSTRAINT " + table + "_friend FOREIGN KEY (friend) REFERENCES " +
                table + " (id) ON DELETE SET NULL, CONSTRAINT " + table +
                "_owner FOREIGN KEY (owner) REFERENCES owner (id) ON DELETE CASCADE)");
        }
        lab.sql("SET SESSION foreign_key_checks = 0");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 503) "
                "SELECT i, " +
                up("i") + ", " + friend_of("i") + ", " + owner_of("i") + ", i FROM n");
        lab.sql("INSERT INTO twin SELECT * FROM t");
        lab.sql("SET SESSION foreign_key_checks = 1");
        settings.strategy = StrategyChoice::shadow;
    }
    // Of eight rows three are a chain, and two another one; the last is a friend of one that has an owner.
    static std::string up(const std::string& id) {
        return "IF(" + id + " % 8 IN (1, 2, 5), " + id + " - 1, NULL)";
    }
    static std::string friend_of(const std::string& id) {
        return "IF(" + id + " % 8 = 7, " + id + " - 1, NULL)";
    }
    static std::string owner_of(const std::string& id) {
        return "IF(" + id + " % 8 = 6, " + id + " DIV 4, NULL)";
    }
    static void both(Session& session, const std::string& head, const std::string& tail) {
        if (session.run(head + "t" + tail).affected > 0) { // else it holds no lock, and the row may come now
            session.run(head + "twin" + tail);
        }
    }
    // One writer: whether a row's parent is there must be the same for table and twin.
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(4 + random % 600);
        switch (random / 600 % 8) {
        case 0:
            both(session, "DELETE FROM ", " WHERE id = " + id);
            break;
        case 1:
            session.run("DELETE FROM owner WHERE id = " + id + " DIV 4");
            break;
        case 2: // deletes the row that is there, and all below it
            both(session, "REPLACE INTO ", " VALUES (" + id + ", NULL, NULL, NULL, 0)");
            break;
        case 3:
            both(session, "UPDATE IGNORE ", " SET up = " + up(id) + ", v = v + 1 WHERE id = " + id);
            break;
        default:
            session.run("INSERT IGNORE INTO owner VALUES (" + id + " DIV 4)");
            both(session, "INSERT IGNORE INTO ",
                 " VALUES (" + id + ", " + up(id) + ", " + friend_of(id) + ", " + owner_of(id) + ", 0)");
        }
    }
    static void touch(Session& session, unsigned random) {
        both(session, "UPDATE ", " SET v = v + 1 WHERE id = " + std::to_string(4 + random % 600));
    }
    static void wait_for(const Writers& writers, std::int64_t more) {
        const std::int64_t until = writers.steps() + more;
        while (writers.steps() < until && writers.error().empty()) {
            std::this_thread::yield();
        }
    }
    [[nodiscard]] std::int64_t differing() {
        return lab.number(
            "SELECT COUNT(*) FROM (SELECT id FROM (SELECT 't' AS s, t.* FROM t UNION ALL SELECT 'w', twin.* "
            "FROM twin) AS u GROUP BY id, up, friend, owner, v HAVING SUM(s = 't') <> SUM(s = 'w')) AS d");
    }
    [[nodiscard]] std::string definition() {
        return without_position(lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or(""));
    }
    static std::string without_position(std::string text) {
        const auto at = text.find(" AUTO_INCREMENT=");
        return text.substr(0, at) + text.substr(text.find(' ', at + 1));
    }
    void expect_enforced() {
        EXPECT_THROW(lab.sql("INSERT INTO t (up, v) VALUES (-5, 0)"), DatabaseError);
        lab.sql("INSERT INTO t VALUES (9000, NULL, NULL, NULL, 0), (9001, 9000, NULL, NULL, 0), (9003, NULL, "
                "9001, NULL, 0)");
        lab.sql("DELETE FROM t WHERE id = 9000");
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE id = 9001"), 0);
        EXPECT_EQ(lab.text("SELECT friend FROM t WHERE id = 9003"), "NULL");
        lab.sql("DELETE FROM t WHERE id = 9003");
    }
    [[nodiscard]] std::string code_of_plan(const std::string& clauses) {
        try {
            static_cast<void>(lab.plan(change("t", {clauses}), settings));
        } catch (const Error& error) {
            return error.code();
        }
        return "";
    }
    [[nodiscard]] bool refused_here() {
        if (lab.mariadb()) {
            EXPECT_EQ(code_of_plan("MODIFY v BIGINT NOT NULL"), "foreign_keys");
        }
        return lab.mariadb();
    }
    Settings settings;
    const std::string widened =
        "MODIFY id BIGINT NOT NULL AUTO_INCREMENT, MODIFY up BIGINT, MODIFY friend BIGINT";
};

TEST_P(OwnKeys, AreKeptAndTheirCascadesArriveThereAndBack) {
    if (refused_here()) {
        return;
    }
    const std::string before = definition();
    Writers trees{lab, 1, write};
    Writers others{lab, 1, touch};
    const run::Outcome job = lab.alter(change("t", {widened}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_TRUE(job.findings.empty());
    wait_for(trees, 150);
    expect_enforced();
    const run::Outcome back = lab.revert(job.job);
    ASSERT_EQ(back.state, run::JobState::reverted) << back.reason;
    wait_for(trees, 50);
    trees.stop();
    others.stop();
    EXPECT_EQ(trees.error() + others.error(), "");
    EXPECT_EQ(differing(), 0);
    expect_enforced();
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(definition(), before);
    const run::Outcome again = lab.alter(change("t", {widened}), settings);
    ASSERT_EQ(again.state, run::JobState::swapped) << again.reason;
    EXPECT_EQ(lab.finalize(again.job).exit_code, 0);
    std::string wanted = before;
    for (const std::string column : {"`id`", "`up`", "`friend`"}) {
        wanted.replace(wanted.find(column + " int"), column.size() + 4, column + " bigint");
    }
    EXPECT_EQ(definition(), wanted);
    EXPECT_EQ(differing(), 0);
    expect_enforced();
    EXPECT_EQ(lab.objects(), "owner, t, twin");
}

TEST_P(OwnKeys, LogTheKeysOfExactlyTheRowsThatGoOrLoseTheirParent) {
    if (refused_here()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    const auto logged = [&] { return lab.number("SELECT COUNT(DISTINCT id) FROM t__tt_log"); };
    const auto below = [&](const std::string& start) {
        return lab.number(
            "WITH RECURSIVE gone AS (SELECT id FROM t WHERE " + start +
            " UNION SELECT t.id FROM gone JOIN t ON t.up = gone.id) SELECT COUNT(DISTINCT t.id) FROM "
            "t WHERE id IN (SELECT id FROM gone) OR friend IN (SELECT id FROM gone)");
    };
    for (const auto& [table, row, rows] : {std::tuple{"t", "id = 48", 3},
                                           {"t", "id = 44", 2},
                                           {"t", "id = 38", 2},
                                           {"owner", "owner = 13", 2}}) {
        ASSERT_EQ(below(row), rows);
        lab.sql("DELETE FROM " + std::string{table} +
                " WHERE id = " + std::string{row}.substr(std::string{row}.find('=') + 2));
        EXPECT_EQ(logged(), rows) << row;
        hand.replay();
    }
    lab.sql("UPDATE t SET up = NULL WHERE id = 61");
    EXPECT_EQ(logged(), 1);
    lab.sql("SET SESSION foreign_key_checks = 0"); // then nothing cascades
    lab.sql("DELETE FROM t WHERE id = 60");
    EXPECT_EQ(logged(), 2);
    lab.sql("SET SESSION foreign_key_checks = 1");
    hand.replay();
    EXPECT_EQ(hand.verify().difference_count, 0);
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
}

// The application reads at REPEATABLE READ from before the commit of the row below.
TEST_P(OwnKeys, AreLoggedForRowsThatTheDeletingTransactionCannotSee) {
    if (refused_here()) {
        return;
    }
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    const auto old = lab.open();
    old->run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    Transaction deleting{*old, TxMode::write};
    static_cast<void>(old->run("SELECT COUNT(*) FROM t"));
    lab.sql("INSERT INTO t VALUES (7000, 403, NULL, NULL, 0), (7001, 7000, NULL, NULL, 0)");
    hand.replay();
    old->run("DELETE FROM t WHERE id = 403");
    deleting.commit();
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE id >= 7000"), 0);
    hand.replay();
    EXPECT_EQ(hand.verify().difference_count, 0);
}

TEST_P(OwnKeys, ThatCannotFollowAreRefusedByName) {
    EXPECT_EQ(code_of_plan("MODIFY up BIGINT"), "foreign_keys"); // the other side stays as it is
    EXPECT_EQ(code_of_plan("CHANGE up parent INT"), "foreign_keys");
    lab.sql("ALTER TABLE t ADD code INT NULL UNIQUE, ADD of_code INT NULL");
    lab.sql("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (of_code) REFERENCES t (code) ON UPDATE CASCADE");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT NOT NULL"), lab.mariadb() ? "foreign_keys" : "");
    lab.sql("ALTER TABLE t ADD CONSTRAINT d FOREIGN KEY (code) REFERENCES t (id) ON DELETE SET NULL");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT NOT NULL"), "foreign_keys");
    EXPECT_EQ(lab.objects(), "owner, t, twin");
}

TURNTABLE_ON_BOTH_SERVERS(OwnKeys);

} // namespace
} // namespace turntable::test
