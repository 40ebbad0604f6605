// Foreign keys of other tables that refer to the changed one: checked and cascading at every moment, there
// and back, under writers of both tables. MariaDB refuses with the child's name.
#include <algorithm>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Inbound : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(20) NULL UNIQUE, v INT NOT NULL)");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
                "SELECT i, CONCAT('c', i), i FROM n");
        lab.sql("CREATE TABLE child (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, t INT NOT NULL, code "
                "VARCHAR(20) NULL, "
                "KEY own (t), CONSTRAINT `to t` FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE, "
                "CONSTRAINT by_code "
                "FOREIGN KEY (code) REFERENCES t (code) ON DELETE SET NULL ON UPDATE CASCADE)");
        lab.sql("INSERT INTO child (t, code) SELECT id, code FROM t");
        lab.sql("CREATE TABLE strict_child (t INT NOT NULL PRIMARY KEY, CONSTRAINT hold FOREIGN KEY (t) "
                "REFERENCES t "
                "(id))");
        lab.sql("INSERT INTO strict_child VALUES (1), (2)");
        settings.strategy = StrategyChoice::shadow;
    }
    // A new parent gets its child at once; parents go with their children, and take other codes.
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(3 + random % 500);
        switch (random / 1000 % 4) {
        case 0:
            session.run("DELETE FROM t WHERE id = " + id);
            break;
        case 1:
            session.run("UPDATE t SET code = CONCAT('d', id, v), v = v + 1 WHERE id = " + id);
            break;
        default:
            session.run("INSERT INTO t VALUES (" + id + ", 'n" + id + "', 1)");
            session.run("INSERT INTO child (t, code) VALUES (" + id + ", 'n" + id + "')");
        }
    }
    void expect_no_orphan() {
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM child LEFT JOIN t ON t.id = child.t WHERE t.id IS NULL"),
                  0);
        EXPECT_EQ(lab.number(
                      "SELECT COUNT(*) FROM child LEFT JOIN t ON t.code = child.code WHERE child.code IS NOT "
                      "NULL AND t.id IS NULL"),
                  0);
        EXPECT_THROW(lab.sql("DELETE FROM t WHERE id = 1"), DatabaseError);
        EXPECT_THROW(lab.sql("INSERT INTO child (t) VALUES (-7)"), DatabaseError);
        lab.sql("INSERT INTO t VALUES (9000, 'x', 1)");
        lab.sql("INSERT INTO child (t, code) VALUES (9000, 'x')");
        lab.sql("DELETE FROM t WHERE id = 9000");
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM child WHERE t = 9000"), 0);
    }
    [[nodiscard]] std::string children() {
        return lab.sql("SHOW CREATE TABLE child").rows.at(0).at(1).value_or("") +
               lab.sql("SHOW CREATE TABLE strict_child").rows.at(0).at(1).value_or("");
    }
    static std::string without_position(std::string text) {
        const auto at = text.find(" AUTO_INCREMENT=");
        return text.substr(0, at) + text.substr(text.find(' ', at + 1));
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
            EXPECT_NE(std::string{error.what()}.find("child"), std::string::npos) << error.what();
        }
        return true;
    }
    Settings settings;
};

TEST_P(Inbound, KeysOfChildrenFollowUnderWritersThereAndBack) {
    if (refused_here()) {
        return;
    }
    const std::string before = without_position(children());
    Writers writers{lab, 2, write};
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_TRUE(job.findings.empty());
    for (const std::int64_t until = writers.steps() + 100;
         writers.steps() < until && writers.error().empty();) {
        std::this_thread::yield();
    }
    expect_no_orphan();
    const run::Outcome back = lab.revert(job.job);
    ASSERT_EQ(back.state, run::JobState::reverted) << back.reason;
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    expect_no_orphan();
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(without_position(children()), before);
    const run::Outcome again = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    EXPECT_EQ(lab.finalize(again.job).exit_code, 0);
    expect_no_orphan();
    EXPECT_EQ(without_position(children()), before);
    EXPECT_EQ(lab.objects(), "child, strict_child, t");
}

// MySQL makes an index for a foreign key, and would make it anew for the second one, over the whole child,
// while everybody is locked out. The same on the shadow, whose indexes stay in place here.
TEST_P(Inbound, IndexesThatTheServerMadeForKeysAreNotBuiltUnderTheLock) {
    if (refused_here()) {
        return;
    }
    lab.sql("ALTER TABLE child ADD t2 INT NULL, ADD CONSTRAINT bare FOREIGN KEY (t2) REFERENCES t (id)");
    lab.sql(
        "ALTER TABLE t ADD up INT NULL, ADD CONSTRAINT up FOREIGN KEY (up) REFERENCES t (id), ADD other INT "
        "NULL, ADD CONSTRAINT other FOREIGN KEY (other) REFERENCES child (id)");
    const auto index_ids = [&](const std::string& table) {
        return lab.text(
            "SELECT GROUP_CONCAT(i.INDEX_ID ORDER BY 1) FROM information_schema.INNODB_INDEXES AS i JOIN "
            "information_schema.INNODB_TABLES AS t USING (TABLE_ID) WHERE t.NAME = CONCAT(DATABASE(), "
            "'/" +
            table + "')");
    };
    settings.defer_indexes = DeferIndexes::never;
    HandDriver hand{lab, lab.plan(change("t", {"MODIFY v BIGINT NOT NULL"}), settings)};
    const std::string of_child = index_ids("child");
    hand.up_to_swap();
    const std::string of_shadow = index_ids("t__tt_new");
    EXPECT_GE(std::ranges::count(of_shadow, ','), 3);
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    hand.engine.swapper().after_swap(*hand.session, hand.blueprint, Direction::forward);
    hand.finalize();
    EXPECT_EQ(index_ids("child"), of_child);
    EXPECT_EQ(index_ids("t"), of_shadow);
}

TEST_P(Inbound, AKeyOfAnotherDatabaseFollowsToo) {
    if (refused_here()) {
        return;
    }
    Lab elsewhere{GetParam().url};
    elsewhere.sql(
        "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, t INT, CONSTRAINT far FOREIGN KEY (t) REFERENCES " +
        lab.database() + ".t (id) ON DELETE CASCADE)");
    elsewhere.sql("INSERT INTO t VALUES (1, 10), (2, 11)");
    const auto definition = [&] {
        return elsewhere.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or("");
    };
    const std::string before = definition();
    Writers writers{lab, 1, write};
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT NOT NULL"}), settings);
    writers.stop();
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(definition(), before);
    lab.sql("INSERT IGNORE INTO t VALUES (10, NULL, 1)");
    elsewhere.sql("INSERT INTO t VALUES (3, 10)");
    lab.sql("DELETE FROM t WHERE id = 10");
    EXPECT_EQ(elsewhere.number("SELECT COUNT(*) FROM t WHERE t = 10"), 0);
    EXPECT_THROW(elsewhere.sql("INSERT INTO t VALUES (4, 10)"), DatabaseError);
    elsewhere.sql("DROP TABLE t");
}

// Its key would go with the old table.
TEST_P(Inbound, AKeyThatTheAccountCannotSeeIsRefused) {
    Lab elsewhere{GetParam().url};
    elsewhere.sql(
        "CREATE TABLE hidden (t INT NOT NULL PRIMARY KEY, CONSTRAINT far FOREIGN KEY (t) REFERENCES " +
        lab.database() + ".t (id))");
    const std::string user = "'" + lab.database() + "'@'127.0.0.1'";
    lab.sql("CREATE USER " + user + " IDENTIFIED BY 'Secret-123'");
    lab.sql("GRANT ALL ON " + lab.database() + ".* TO " + user);
    lab.sql("GRANT PROCESS, SUPER ON *.* TO " + user); // SUPER: for triggers beside the binary log
    Url url = lab.url();
    url.user = lab.database();
    url.password = "Secret-123";
    const auto engine = make_engine(url);
    lab.sql("DROP TABLE child, strict_child");
    try {
        static_cast<void>(run::plan_change(*engine, change("t", {"MODIFY v BIGINT NOT NULL"}), settings));
        ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "foreign_keys");
        EXPECT_NE(std::string{error.what()}.find("/far"), std::string::npos) << error.what();
    }
    elsewhere.sql("DROP TABLE hidden");
    lab.sql("DROP USER " + user);
}

// Else its key would go with the old table.
TEST_P(Inbound, AChildThatCameMeanwhileStopsTheJob) {
    lab.sql("DROP TABLE child, strict_child");
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    lab.sql("CREATE TABLE late (t INT NOT NULL PRIMARY KEY, CONSTRAINT l FOREIGN KEY (t) REFERENCES t (id))");
    const SwapOutcome outcome = hand.swap();
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_EQ(outcome.drift.drift, Drift::stop);
    lab.sql("DROP TABLE late");
    EXPECT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
}

// What a session that died between its statements leaves is mended by the look where the tables are, and
// until then a replay into the table that waits deletes no child.
TEST_P(Inbound, ASecondKeyThatWasLeftDeletesNothingAndIsTakenAway) {
    if (refused_here()) {
        return;
    }
    const std::string before = children();
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    hand.up_to_swap();
    lab.sql("SET SESSION foreign_key_checks = 0");
    lab.sql("ALTER TABLE child ADD CONSTRAINT t__tt_new_in2 FOREIGN KEY (t) REFERENCES t__tt_new (id) ON "
            "DELETE CASCADE");
    lab.sql("SET SESSION foreign_key_checks = 1");
    lab.sql("UPDATE t SET v = v + 1");
    hand.replay();
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM child"), 300);
    EXPECT_EQ(hand.engine.swapper().where_is(*hand.session, hand.blueprint), Placement::captured);
    EXPECT_EQ(children(), before);
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    hand.engine.swapper().after_swap(*hand.session, hand.blueprint, Direction::forward);
    EXPECT_EQ(children(), before);
    expect_no_orphan();
}

TURNTABLE_ON_BOTH_SERVERS(Inbound);

} // namespace
} // namespace turntable::test
