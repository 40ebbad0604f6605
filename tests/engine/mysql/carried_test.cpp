// What a definition carries beside columns and indexes: options, comments, partitions, statistics, rights.
#include <algorithm>
#include <filesystem>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Carried : public OnBothServers {
  protected:
    void fill() {
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
                "SELECT "
                "i, i % 50 FROM n");
        settings.strategy = StrategyChoice::shadow;
    }
    [[nodiscard]] std::string definition() {
        return lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or("");
    }
    // There, back, and there for good; the catalogue differs in exactly what was asked for.
    void change_there_and_back() {
        const std::string before = definition();
        const run::Outcome job =
            lab.alter(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings);
        ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
        EXPECT_TRUE(job.findings.empty());
        std::string wanted = before;
        wanted.replace(wanted.find("`v` int"), 7, "`v` bigint");
        if (const auto width = wanted.find("bigint(11)"); width != std::string::npos) {
            wanted.replace(width, 10, "bigint(20)");
        }
        EXPECT_EQ(definition(), wanted);
        EXPECT_EQ(lab.revert(job.job).state, run::JobState::reverted);
        EXPECT_EQ(definition(), before);
        EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
        const run::Outcome again =
            lab.alter(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings);
        EXPECT_EQ(lab.finalize(again.job).exit_code, 0);
        EXPECT_EQ(definition(), wanted);
    }
    Settings settings;
};

TEST_P(Carried, OptionsCommentsAndPersistentStatistics) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column', KEY k (v) COMMENT "
            "'of the "
            "index') ENGINE = InnoDB STATS_PERSISTENT = 1 STATS_AUTO_RECALC = 0 STATS_SAMPLE_PAGES = 77 "
            "ROW_FORMAT = "
            "COMPRESSED KEY_BLOCK_SIZE = 8 COMMENT = 'it''s of the table'");
    fill();
    change_there_and_back();
}

TEST_P(Carried, Partitions) {
    lab.sql(
        "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column') PARTITION BY RANGE (id) "
        "SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION a VALUES LESS THAN (100) COMMENT = 'first', "
        "PARTITION "
        "b VALUES LESS THAN MAXVALUE)");
    fill();
    change_there_and_back();
}

TEST_P(Carried, Histograms) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column')");
    fill();
    const std::string query =
        lab.mariadb()
            ? "SELECT GROUP_CONCAT(column_name ORDER BY column_name) FROM mysql.column_stats WHERE db_name = "
              "DATABASE() AND table_name = 't'"
            : "SELECT GROUP_CONCAT(COLUMN_NAME, HISTOGRAM->>'$.\"number-of-buckets-specified\"') FROM "
              "information_schema.COLUMN_STATISTICS WHERE SCHEMA_NAME = DATABASE() AND TABLE_NAME = 't'";
    lab.sql(lab.mariadb() ? "ANALYZE TABLE t PERSISTENT FOR ALL"
                          : "ANALYZE TABLE t UPDATE HISTOGRAM ON v WITH 17 BUCKETS");
    const std::string before = lab.text(query);
    ASSERT_NE(before, "NULL");
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    EXPECT_EQ(lab.text(query), before);
    EXPECT_EQ(lab.revert(job.job).state, run::JobState::reverted);
    EXPECT_EQ(lab.text(query), before);
}

// Rights go with the name, there and back, down to single columns.
TEST_P(Carried, RightsOnSingleColumns) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column', secret INT)");
    lab.sql("INSERT INTO t VALUES (1, 1, 1)");
    settings.strategy = StrategyChoice::shadow;
    const std::string user = "'" + lab.database() + "'@'127.0.0.1'";
    lab.sql("CREATE USER " + user + " IDENTIFIED BY 'Secret-123'");
    lab.sql("GRANT SELECT (id, v), UPDATE (v) ON " + lab.database() + ".t TO " + user);
    Url url = lab.url();
    url.user = lab.database();
    url.password = "Secret-123";
    const auto engine = make_engine(url);
    const auto expect_rights = [&] {
        const auto session = engine->open(SessionUse::control);
        session->run("UPDATE t SET v = v + 1 WHERE id = 1");
        EXPECT_THROW(session->run("SELECT secret FROM t"), DatabaseError);
        EXPECT_THROW(session->run("UPDATE t SET id = 2"), DatabaseError);
    };
    expect_rights();
    const run::Outcome job = lab.alter(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    expect_rights();
    EXPECT_EQ(lab.revert(job.job).state, run::JobState::reverted);
    expect_rights();
    EXPECT_EQ(lab.text("SELECT v FROM t"), "4");
    lab.sql("DROP USER " + user);
}

// As the server's own ALTER would leave them, and said before.
TEST_P(Carried, RightsOnARenamedAndADroppedColumnAreThoseThatTheServersOwnAlterLeaves) {
    const std::string user = "'" + lab.database() + "'@'127.0.0.1'";
    lab.sql("CREATE USER " + user + " IDENTIFIED BY 'Secret-123'");
    for (const std::string table : {"t", "twin"}) {
        lab.sql("CREATE TABLE " + table + " (id INT NOT NULL PRIMARY KEY, v INT, w INT, x INT)");
        lab.sql("GRANT SELECT (id, v, x), UPDATE (v, w), INSERT ON " + lab.database() + "." + table + " TO " +
                user);
    }
    lab.sql("INSERT INTO t VALUES (1, 1, 1, 1)");
    settings.strategy = StrategyChoice::shadow;
    const std::string clauses = "RENAME COLUMN v TO renamed, DROP COLUMN w, MODIFY x BIGINT";
    const auto rights = [&](const std::string& table) {
        return lab.text(
                   "SELECT GROUP_CONCAT(COLUMN_NAME, ' ', PRIVILEGE_TYPE ORDER BY 1) FROM "
                   "information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
                   table + "'") +
               lab.text("SELECT GROUP_CONCAT(PRIVILEGE_TYPE) FROM information_schema.TABLE_PRIVILEGES WHERE "
                        "TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
                        table + "'");
    };
    const Blueprint blueprint = lab.plan(change("t", {clauses}), settings);
    const auto noted = [&](const std::string& column) {
        return std::ranges::any_of(blueprint.notes, [&](const std::string& note) {
            return note.starts_with(user + " has rights on the column '" + column + "'");
        });
    };
    EXPECT_TRUE(noted("v") && noted("w"));
    EXPECT_FALSE(noted("x") || noted("id"));
    const run::Outcome job = lab.execute(blueprint, settings);
    ASSERT_EQ(job.state, run::JobState::swapped) << job.reason;
    lab.sql("ALTER TABLE twin " + clauses);
    EXPECT_EQ(rights("t"), rights("twin"));
    EXPECT_EQ(lab.finalize(job.job).exit_code, 0);
    EXPECT_EQ(rights("t"), rights("twin"));
    lab.sql("DROP USER " + user);
}

TEST_P(Carried, WhatTheCopyWouldLoseIsRefused) {
    if (!lab.mariadb()) { // refuses a directory that its configuration does not name
        return;
    }
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column') DATA DIRECTORY = "
            "'/tmp/" +
            lab.database() + "'");
    fill();
    try {
        static_cast<void>(lab.plan(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings));
        FAIL() << "not refused";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "definition_not_copied");
        EXPECT_NE(std::string{error.what()}.find("DATA DIRECTORY"), std::string::npos) << error.what();
    }
    lab.sql("DROP TABLE t");
    std::filesystem::remove_all("/tmp/" + lab.database());
}

TEST_P(Carried, ATablespaceOfTheUsers) {
    if (lab.mariadb()) { // has none
        return;
    }
    const std::string space = lab.database();
    lab.sql("CREATE TABLESPACE " + space + " ADD DATAFILE '" + space + ".ibd'");
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column') TABLESPACE " +
            space);
    fill();
    change_there_and_back();
    lab.sql("DROP TABLE t");
    lab.sql("DROP TABLESPACE " + space);
}

// A name that a person gave to a CHECK cannot be kept: the plan names it, and the rule is enforced all the
// same.
TEST_P(Carried, AChecksOwnNameIsLostOnMysqlAndThePlanSaysSo) {
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT COMMENT 'of the column', CONSTRAINT positive "
            "CHECK (v "
            ">= 0))");
    fill();
    const Blueprint plan = lab.plan(change("t", {"MODIFY v BIGINT COMMENT 'of the column'"}), settings);
    const auto told = std::ranges::count_if(
        plan.notes, [](const std::string& note) { return note.find("'positive'") != std::string::npos; });
    EXPECT_EQ(told, lab.mariadb() ? 0 : 1);
    EXPECT_EQ(lab.finalize(lab.execute(plan, settings).job).exit_code, 0);
    EXPECT_THROW(lab.sql("INSERT INTO t VALUES (7000, -1)"), DatabaseError);
    EXPECT_EQ(definition().find("CONSTRAINT `positive`") != std::string::npos, lab.mariadb());
}

TURNTABLE_ON_BOTH_SERVERS(Carried);

} // namespace
} // namespace turntable::test
