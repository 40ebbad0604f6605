// Tables with foreign keys and with triggers: kept where they can be, refused by name where they cannot, and
// no matter to a native form.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class ForeignKeys : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)");
        lab.sql(
            "INSERT INTO parent WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
            "SELECT i FROM n");
        lab.sql(
            "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, p INT, q INT, v INT, CONSTRAINT `to p` FOREIGN KEY "
            "(p) REFERENCES parent (id), CONSTRAINT to_q FOREIGN KEY (q) REFERENCES parent (id) ON DELETE "
            "RESTRICT)");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
                "SELECT i, 1 + i % 40, NULL, i FROM n");
    }
    [[nodiscard]] std::string code_of_plan(const std::string& clause) {
        Settings settings;
        settings.strategy = StrategyChoice::shadow;
        try {
            static_cast<void>(lab.plan(change("t", {clause}), settings));
        } catch (const Error& error) {
            EXPECT_FALSE(error.next_step().empty());
            return error.code();
        }
        return "";
    }
    [[nodiscard]] std::string names_on(const std::string& table) {
        return lab.text(
            "SELECT GROUP_CONCAT(CONSTRAINT_NAME ORDER BY CONSTRAINT_NAME) FROM "
            "information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
            table + "' AND CONSTRAINT_TYPE = 'FOREIGN KEY'");
    }
    void expect_enforced() {
        EXPECT_THROW(lab.sql("INSERT INTO t VALUES (5000, 999, NULL, 0)"), DatabaseError);
        EXPECT_THROW(lab.sql("DELETE FROM parent WHERE id = 2"), DatabaseError);
    }
    // Rows come, go and move between parents; parents without rows come and go, which must never fail.
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(1 + random % 600);
        const std::string parent = std::to_string(1 + random / 600 % 40);
        switch (random / 24000 % 4) {
        case 0:
            session.run("DELETE FROM t WHERE id = " + id);
            break;
        case 1:
            session.run("INSERT IGNORE INTO t VALUES (" + id + ", " + parent + ", NULL, 3)");
            break;
        case 2:
            session.run("UPDATE t SET p = " + parent + ", v = v + 1 WHERE id = " + id);
            break;
        default:
            session.run("INSERT IGNORE INTO parent VALUES (" + std::to_string(100 + random % 50) + ")");
            session.run("INSERT IGNORE INTO t VALUES (" + std::to_string(1000 + random % 50) + ", " +
                        std::to_string(100 + random % 50) + ", NULL, 0)");
            session.run("DELETE FROM t WHERE id = " + std::to_string(1000 + random % 50));
            session.run("DELETE FROM parent WHERE id = " + std::to_string(100 + random % 50));
        }
    }
};

TEST_P(ForeignKeys, OfTheTableItselfAreKeptUnderWritersThereAndBack) {
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    if (lab.mariadb()) {
        EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), "foreign_keys");
        return;
    }
    Writers writers{lab, 1, write}; // one: the order of its statements is that of the rows
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_TRUE(job.findings.empty());
    EXPECT_EQ(names_on("t__tt_old"), "NULL");
    while (writers.steps() < 200 && writers.error().empty()) {
        std::this_thread::yield();
    }
    expect_enforced();
    const run::Outcome back = lab.revert(job.job);
    ASSERT_EQ(back.state, run::JobState::reverted) << back.reason;
    EXPECT_EQ(names_on("t__tt_new"), "NULL");
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    expect_enforced();
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(names_on("t"), "to p,to_q");
    EXPECT_EQ(
        lab.number("SELECT COUNT(*) FROM t LEFT JOIN parent ON parent.id = t.p WHERE parent.id IS NULL"), 0);
    const run::Outcome again = lab.alter(change("t", {"MODIFY v BIGINT"}), settings);
    EXPECT_EQ(lab.finalize(again.job).exit_code, 0);
    EXPECT_EQ(names_on("t"), "to p,to_q");
    expect_enforced();
    EXPECT_EQ(lab.objects(), "parent, t");
}

TEST_P(ForeignKeys, AnIdleTransactionOnTheParentCannotStopTheApplication) {
    if (lab.mariadb()) {
        EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), "foreign_keys");
        return;
    }
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT"})};
    driver.up_to_swap();
    driver.lock_timeout = Millis{200};
    const auto idle = lab.open();
    Transaction open{*idle, TxMode::write};
    idle->run("UPDATE parent SET id = id WHERE id = 50");
    const SwapOutcome refused = driver.swap();
    if (refused.kind != SwapOutcome::Kind::done) { // the server locked the parent, too
        EXPECT_EQ(refused.kind, SwapOutcome::Kind::lock_not_granted);
        lab.open()->run("UPDATE t SET v = 5 WHERE id = 2"); // nobody holds it
        EXPECT_EQ(names_on("t"), "to p,to_q");
        open.commit();
        ASSERT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    }
    expect_enforced();
}

TEST_P(ForeignKeys, ThatCannotFollowAreRefusedByName) {
    const std::string on_mysql = lab.mariadb() ? "foreign_keys" : "";
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), on_mysql);
    lab.sql("CREATE TABLE child (id INT NOT NULL PRIMARY KEY, t INT, FOREIGN KEY (t) REFERENCES t (id))");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), on_mysql);
    EXPECT_EQ(code_of_plan("MODIFY id BIGINT NOT NULL"), "foreign_keys"); // the child's column would not fit
    lab.sql("ALTER TABLE t DROP FOREIGN KEY to_q");
    lab.sql("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (q) REFERENCES t (id) ON DELETE CASCADE");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), on_mysql); // itself: own_keys_test.cpp
    lab.sql("ALTER TABLE t DROP FOREIGN KEY c");
    lab.sql("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (q) REFERENCES parent (id) ON DELETE CASCADE");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), on_mysql);
    lab.sql("ALTER TABLE parent ADD r INT, ADD CONSTRAINT circle FOREIGN KEY (r) REFERENCES parent (id) ON "
            "DELETE "
            "CASCADE");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), "foreign_keys"); // a circle above it
}

TEST_P(ForeignKeys, AreRefusedWhereTheOptionSaysSo) {
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    settings.foreign_keys = ForeignKeyChoice::refuse;
    try {
        static_cast<void>(lab.plan(change("t", {"MODIFY v BIGINT"}), settings));
        FAIL() << "not refused";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "foreign_keys");
        EXPECT_NE(std::string{error.what()}.find("--foreign-keys refuse"), std::string::npos) << error.what();
    }
}

TEST_P(ForeignKeys, OfAColumnThatTheChangeTouchesAreRefused) {
    EXPECT_EQ(code_of_plan("CHANGE p pp INT"), "foreign_keys");
    EXPECT_EQ(code_of_plan("MODIFY p BIGINT"), "foreign_keys");
    EXPECT_EQ(lab.objects(), "parent, t");
}

TEST_P(ForeignKeys, AndTriggersAreNoMatterToANativeForm) {
    lab.sql("CREATE TABLE child (id INT NOT NULL PRIMARY KEY, t INT, FOREIGN KEY (t) REFERENCES t (id))");
    lab.sql("CREATE TRIGGER mine BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 1");
    const run::Outcome job = lab.alter(change("t", {"ADD COLUMN n INT"}));
    EXPECT_EQ(job.state, run::JobState::finalized) << job.reason;
    EXPECT_EQ(names_on("t"), "to p,to_q");
    EXPECT_EQ(lab.objects(), "child, parent, t, trigger mine");
    EXPECT_EQ(code_of_plan("MODIFY v BIGINT"), lab.mariadb() ? "foreign_keys" : "");
}

TURNTABLE_ON_BOTH_SERVERS(ForeignKeys);

} // namespace
} // namespace turntable::test
