// `import` on MySQL and MariaDB: the histories of all ten tools as the tools make them there.

#include <filesystem>
#include <fstream>

#include "lab.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string notes_sql = "create table notes (id integer not null primary key);\n";

std::vector<Server> mysql_like_servers() {
    std::vector<Server> out = one_server_of_each();
    std::erase_if(out, [](const Server& server) { return !is_mysql_like(flavor_of(server)); });
    return out;
}

// A history as the tool makes it on MySQL and MariaDB: column types and spellings of names differ from those
// of other engines, and a boolean is a number or a bit.
struct History {
    std::string tool;
    std::vector<std::string> tables;
    std::vector<std::pair<std::string, std::string>> files; // none: history alone
    std::string applied, pending;                           // slugs
};

const std::string up_users = std::string{"create table users (id integer not null primary key, name "
                                         "varchar(80)) engine=InnoDB default charset=utf8mb4;\n"};

std::vector<History> files_of_sql() {
    return {
        {"flyway",
         {"CREATE TABLE `flyway_schema_history` (`installed_rank` INT NOT NULL, `version` VARCHAR(50), "
          "`description` VARCHAR(200) NOT NULL, `type` VARCHAR(20) NOT NULL, `script` VARCHAR(1000) NOT "
          "NULL, "
          "`checksum` INT, `installed_by` VARCHAR(100) NOT NULL, `installed_on` TIMESTAMP NOT NULL DEFAULT "
          "CURRENT_TIMESTAMP, `execution_time` INT NOT NULL, `success` BOOL NOT NULL, CONSTRAINT "
          "`flyway_schema_history_pk` PRIMARY KEY (`installed_rank`)) ENGINE=InnoDB",
          "CREATE INDEX `flyway_schema_history_s_idx` ON `flyway_schema_history` (`success`)",
          "INSERT INTO `flyway_schema_history` VALUES (1, '1', 'create users', 'SQL', "
          "'V1__create_users.sql', "
          "-77, 'dba', now(), 5, 1)"},
         {{"V1__create_users.sql", up_users}, {"V2__create_notes.sql", notes_sql}},
         "1_create_users",
         "2_create_notes"},
        {"liquibase",
         {"CREATE TABLE DATABASECHANGELOGLOCK (ID INT NOT NULL, `LOCKED` BIT(1) NOT NULL, LOCKGRANTED "
          "datetime "
          "NULL, LOCKEDBY VARCHAR(255) NULL, CONSTRAINT PK_DATABASECHANGELOGLOCK PRIMARY KEY (ID))",
          "INSERT INTO DATABASECHANGELOGLOCK (ID, `LOCKED`) VALUES (1, 0)",
          "CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, FILENAME "
          "VARCHAR(255) NOT NULL, DATEEXECUTED datetime NOT NULL, ORDEREXECUTED INT NOT NULL, EXECTYPE "
          "VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35) NULL, `DESCRIPTION` VARCHAR(255) NULL, COMMENTS "
          "VARCHAR(255) NULL, TAG VARCHAR(255) NULL, LIQUIBASE VARCHAR(20) NULL, CONTEXTS VARCHAR(255) NULL, "
          "LABELS VARCHAR(255) NULL, DEPLOYMENT_ID VARCHAR(10) NULL)",
          "INSERT INTO DATABASECHANGELOG (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE, "
          "MD5SUM) "
          "VALUES ('1', 'ann', 'db/001.sql', now(), 1, 'EXECUTED', '9:d41d8cd98f00b204e9800998ecf8427e')"},
         {{"db/001.sql", "--liquibase formatted sql\n--changeset ann:1\n" + up_users},
          {"db/002.sql", std::string{"--liquibase formatted sql\n--changeset ann:2\n"} + notes_sql}},
         "1_ann_001_sql_1_ann",
         "2_ann_002_sql_2_ann"},
        {"dbmate",
         {"create table `schema_migrations` (version varchar(128) primary key)",
          "insert into `schema_migrations` values ('20240101120000')"},
         {{"20240101120000_create_users.sql",
           "-- migrate:up\n" + up_users + "-- migrate:down\ndrop table users;\n"},
          {"20240301120000_create_notes.sql",
           std::string{"-- migrate:up\n"} + notes_sql + "-- migrate:down\ndrop table notes;\n"}},
         "create_users",
         "create_notes"},
    };
}

std::vector<History> more_files_of_sql() {
    return {
        {"goose",
         {"CREATE TABLE goose_db_version (id serial NOT NULL, version_id bigint NOT NULL, is_applied boolean "
          "NOT "
          "NULL, tstamp timestamp NULL default now(), PRIMARY KEY(id))",
          "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (2, "
          "false)"},
         {{"00001_create_users.sql", "-- +goose Up\n" + up_users + "-- +goose Down\ndrop table users;\n"},
          {"00002_create_notes.sql",
           std::string{"-- +goose Up\n"} + notes_sql + "-- +goose Down\ndrop table notes;\n"}},
         "1_create_users",
         "2_create_notes"},
        {"golang-migrate",
         {"CREATE TABLE `schema_migrations` (version bigint not null primary key, dirty boolean not null)",
          "INSERT INTO `schema_migrations` VALUES (1, false)"},
         {{"000001_create_users.up.sql", up_users}, {"000002_create_notes.up.sql", notes_sql}},
         "1_create_users",
         "2_create_notes"},
        {"alembic",
         {"CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc "
          "PRIMARY "
          "KEY (version_num))",
          "INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712')"},
         {{"upgrade.sql",
           "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- Running upgrade  "
           "-> "
           "1975ea83b712\n\n" +
               up_users +
               "\nINSERT INTO alembic_version (version_num) VALUES ('1975ea83b712');\n\n-- Running upgrade "
               "1975ea83b712 -> ae1027a6acf1\n\n" +
               notes_sql +
               "\nUPDATE alembic_version SET version_num='ae1027a6acf1' WHERE alembic_version.version_num = "
               "'1975ea83b712';\n\n"}},
         "1975ea83b712",
         "ae1027a6acf1"},
        {"sqitch",
         {"DROP DATABASE IF EXISTS sqitch", "CREATE DATABASE sqitch",
          "CREATE TABLE sqitch.changes (change_id VARCHAR(40) PRIMARY KEY, script_hash VARCHAR(40) NULL "
          "UNIQUE, "
          "`change` VARCHAR(255) NOT NULL, project VARCHAR(255) NOT NULL, note TEXT NOT NULL, committed_at "
          "DATETIME(6) NOT NULL, committer_name VARCHAR(255) NOT NULL, committer_email VARCHAR(255) NOT "
          "NULL, "
          "planned_at DATETIME(6) NOT NULL, planner_name VARCHAR(255) NOT NULL, planner_email VARCHAR(255) "
          "NOT "
          "NULL) ENGINE InnoDB CHARACTER SET 'utf8'",
          "INSERT INTO sqitch.changes VALUES ('aa', 'bb', 'users', 'shop', 'Users', utc_timestamp(6), 'Ann', "
          "'ann@x', utc_timestamp(6), 'Ann', 'ann@x')"},
         {{"sqitch.plan",
           "%syntax-version=1.0.0\n%project=shop\n\nusers 2024-01-01T10:00:00Z Ann <ann@x> # Users\nnotes "
           "[users] 2024-02-01T10:00:00Z Ann <ann@x> # Notes\n"},
          {"deploy/users.sql", "-- Deploy shop:users\nBEGIN;\n" + up_users + "COMMIT;\n"},
          {"deploy/notes.sql", std::string{"BEGIN;\n"} + notes_sql + "COMMIT;\n"}},
         "users",
         "notes"},
    };
}

std::vector<History> programs() {
    return {
        {"rails",
         {"CREATE TABLE `schema_migrations` (`version` varchar(255) NOT NULL PRIMARY KEY)",
          "CREATE TABLE `ar_internal_metadata` (`key` varchar(255) NOT NULL PRIMARY KEY, `value` "
          "varchar(255), "
          "`created_at` datetime(6) NOT NULL, `updated_at` datetime(6) NOT NULL)",
          "INSERT INTO `schema_migrations` (version) VALUES ('20240101120000'), ('20240201120000')"},
         {},
         "baseline_from_rails",
         ""},
        {"django",
         {"CREATE TABLE `django_migrations` (`id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, `app` "
          "varchar(255) "
          "NOT NULL, `name` varchar(255) NOT NULL, `applied` datetime(6) NOT NULL)",
          "INSERT INTO `django_migrations` (`app`, `name`, `applied`) VALUES ('shop', '0001_initial', "
          "now(6))"},
         {},
         "baseline_from_django",
         ""},
        {"laravel",
         {"create table `migrations` (`id` int unsigned not null auto_increment primary key, `migration` "
          "varchar(255) not null, `batch` int not null) default character set utf8mb4 collate "
          "'utf8mb4_unicode_ci'",
          "insert into `migrations` (`migration`, `batch`) values ('2014_10_12_000000_create_users_table', "
          "1)"},
         {},
         "baseline_from_laravel",
         ""},
    };
}

class ImportOnMysql : public testing::TestWithParam<Server> {
  protected:
    static void expect_import(const History& history) {
        SCOPED_TRACE(history.tool);
        TestDatabase database{GetParam()};
        const Tool tool{database.url()};
        const TempDir foreign, folder;
        database.exec(
            {up_users.substr(0, up_users.size() - 2), "insert into users (id, name) values (1, 'Ann')"});
        database.exec(history.tables);
        for (const auto& [name, text] : history.files) {
            const fs::path path = foreign.path() / name;
            fs::create_directories(path.parent_path());
            std::ofstream{path} << text;
        }
        const std::vector<std::string> here{"--dir", folder.path().string()};
        std::vector<std::string> words{"import", history.tool, here[0], here[1]};
        if (!history.files.empty()) {
            words.insert(words.end(), {"--from", foreign.path().string()});
        }
        const ToolRun done = tool.json(words);
        ASSERT_EQ(done.exit_code, 0) << done.text();
        const auto lines = done.json()["migrations"];
        ASSERT_EQ(lines.size(), history.pending.empty() ? 1U : 2U) << done.text();
        EXPECT_EQ(lines[0]["slug"], history.applied);
        EXPECT_EQ(lines[0]["state"], "applied");
        const ToolRun up = tool.json({"up", here[0], here[1]});
        ASSERT_EQ(up.exit_code, 0) << up.text();
        if (!history.pending.empty()) {
            EXPECT_EQ(lines[1]["slug"], history.pending);
            EXPECT_EQ(lines[1]["state"], "pending");
            EXPECT_EQ(database.client().number("select count(*) from notes"), 0);
        } else {
            EXPECT_TRUE(up.json()["done"].empty()) << up.text();
            // The baseline is the schema without the other tool's tables.
            std::ifstream file{fs::directory_iterator{folder.path()} -> path()};
            const std::string text{std::istreambuf_iterator<char>{file}, {}};
            EXPECT_THAT(text, HasSubstr("CREATE TABLE `users`"));
            EXPECT_THAT(text, testing::Not(testing::AnyOf(HasSubstr("CREATE TABLE `schema_migrations`"),
                                                          HasSubstr("CREATE TABLE `ar_internal_metadata`"),
                                                          HasSubstr("CREATE TABLE `django_migrations`"),
                                                          HasSubstr("CREATE TABLE `migrations`"))));
        }
        EXPECT_EQ(database.client().number("select count(*) from users"), 1);
    }
};

TEST_P(ImportOnMysql, HistoriesOfAllTenToolsAreReadAsTheyStandThere) {
    for (const History& history : files_of_sql()) {
        expect_import(history);
    }
    for (const History& history : more_files_of_sql()) {
        expect_import(history);
    }
    for (const History& history : programs()) {
        expect_import(history);
    }
    TestDatabase{GetParam()}.exec({"drop database if exists sqitch"});
}

INSTANTIATE_TEST_SUITE_P(Servers, ImportOnMysql, testing::ValuesIn(mysql_like_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ImportOnMysql);

} // namespace
} // namespace turntable::test
