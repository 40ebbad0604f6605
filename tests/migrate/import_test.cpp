// `import`: folders and history tables of ten tools as their documentation describes them. The database is as
// the tool left it: what it applied is there, so a migration that ran again would fail.

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lab.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Server> import_servers() {
    std::vector<Server> out = one_server_of_each();
    std::erase_if(out, [](const Server& server) { return is_mysql_like(flavor_of(server)); });
    return out;
}

class Import : public MigrateTest {
  protected:
    // Of the other tool; folders in the name are made.
    void foreign(const std::string& name, const std::string& text) const {
        const fs::path path = foreign_.path() / name;
        fs::create_directories(path.parent_path());
        std::ofstream{path} << text;
    }
    [[nodiscard]] std::string from() const { return foreign_.path().string(); }
    [[nodiscard]] std::vector<std::string> names(const std::string& state) const {
        std::vector<std::string> out;
        const auto status = json({"status"}).json();
        for (const auto& line : status["migrations"]) {
            if (line["state"] == state) {
                out.push_back(line["slug"]);
            }
        }
        return out;
    }
    // The pending one makes `notes`; nothing else runs.
    void up_runs_only_the_pending_one() {
        EXPECT_THROW(static_cast<void>(number("select count(*) from notes")), ClientError);
        const ToolRun up = json({"up"});
        ASSERT_EQ(up.exit_code, 0) << up.text();
        EXPECT_EQ(up.json()["done"].size(), 1U) << up.text();
        EXPECT_EQ(number("select count(*) from notes"), 0);
        EXPECT_EQ(number("select count(*) from users"), 1);
        EXPECT_EQ(run({"status", "--check"}).exit_code, 0);
        EXPECT_EQ(tool_.run({"drift"}).exit_code, 0);
    }
    void users_are_there() {
        database_.exec({"create table users (id integer not null primary key, name varchar(80))",
                        "insert into users (id, name) values (1, 'Ann')"});
    }
    // History alone: one migration, from which an empty database gets the schema.
    void is_a_baseline(const std::string& slug) {
        EXPECT_THAT(names("applied"), ElementsAre(slug));
        TestDatabase fresh{GetParam()};
        const Tool there{fresh.url()};
        const ToolRun up = there.run({"up", "--dir", folder_.path().string()});
        ASSERT_EQ(up.exit_code, 0) << up.text();
        EXPECT_EQ(fresh.client().number("select count(*) from users"), 0);
        EXPECT_EQ(run({"status", "--check"}).exit_code, 0);
    }

    TempDir foreign_;
};

const char* const users_sql = "create table users (id integer not null primary key, name varchar(80));\n";
const char* const notes_sql = "create table notes (id integer not null primary key);\n";

TEST_P(Import, Flyway) {
    users_are_there();
    foreign("sql/V1__create_users.sql", users_sql);
    foreign("sql/V1.1__fill_users.sql", "insert into users (id, name) values (1, 'Ann');\n");
    foreign("sql/V1.10__create_notes.sql", notes_sql);
    foreign("sql/U1.10__create_notes.sql", "drop table notes;\n");
    foreign("sql/R__views.sql", "select 1;\n");
    database_.exec(
        {"create table flyway_schema_history (installed_rank integer not null primary key, version "
         "varchar(50), "
         "description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null, "
         "checksum "
         "integer, installed_by varchar(100) not null, installed_on timestamp default current_timestamp, "
         "execution_time integer not null, success boolean not null)",
         "insert into flyway_schema_history values (1, '1', 'create users', 'SQL', 'V1__create_users.sql', "
         "77, 'dba', "
         "current_timestamp, 5, true), (2, null, 'views', 'SQL', 'R__views.sql', 5, 'dba', "
         "current_timestamp, 5, "
         "true), (3, '1.1', 'fill users', 'SQL', 'V1.1__fill_users.sql', 78, 'dba', current_timestamp, 5, "
         "true)"});
    const ToolRun dry = json({"import", "flyway", "--from", from(), "--dry-run"});
    ASSERT_EQ(dry.exit_code, 0) << dry.text();
    EXPECT_EQ(dry.json()["migrations"].size(), 3U);
    EXPECT_TRUE(fs::is_empty(folder_.path()));
    const ToolRun done = json({"import", "flyway", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_THAT(done.json()["left_out"].dump(), HasSubstr("R__views.sql"));
    EXPECT_THAT(names("applied"), ElementsAre("1_create_users", "1_1_fill_users"));
    EXPECT_THAT(names("pending"), ElementsAre("1_10_create_notes"));
    up_runs_only_the_pending_one();
    must({"down"});
    EXPECT_THROW(static_cast<void>(number("select count(*) from notes")), ClientError);
    const ToolRun again = json({"import", "flyway", "--from", from()});
    EXPECT_EQ(again.exit_code, 5);
    EXPECT_EQ(again.json()["error"]["code"], "history_not_empty");
}

TEST_P(Import, Liquibase) {
    users_are_there();
    foreign("db/changelog/001.sql",
            std::string{"--liquibase formatted sql\n\n--changeset ann:1\n"} + users_sql +
                "--rollback drop table users;\n\n--changeset bob:fill "
                "runInTransaction:true\ninsert into users (id, name) values (1, 'Ann');\n");
    foreign("db/changelog/002.sql",
            std::string{"--liquibase formatted sql\n--changeset ann:2\n"} + notes_sql);
    foreign("db/changelog/master.xml", "<databaseChangeLog/>");
    database_.exec(
        {"create table DATABASECHANGELOG (ID varchar(255) not null, AUTHOR varchar(255) not null, FILENAME "
         "varchar(255) not null, DATEEXECUTED timestamp not null, ORDEREXECUTED integer not null, EXECTYPE "
         "varchar(10) not null, MD5SUM varchar(35), DESCRIPTION varchar(255), COMMENTS varchar(255), TAG "
         "varchar(255), LIQUIBASE varchar(20), CONTEXTS varchar(255), LABELS varchar(255), DEPLOYMENT_ID "
         "varchar(10))",
         "insert into DATABASECHANGELOG (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE) values "
         "('1', "
         "'ann', 'db/changelog/001.sql', current_timestamp, 1, 'EXECUTED'), ('fill', 'bob', "
         "'classpath:db/changelog/001.sql', current_timestamp, 2, 'MARK_RAN')"});
    const ToolRun done = json({"import", "liquibase", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_EQ(names("applied").size(), 2U);
    EXPECT_EQ(names("pending").size(), 1U);
    EXPECT_THAT(done.json()["left_out"].dump(), HasSubstr("master.xml"));
    up_runs_only_the_pending_one();
}

TEST_P(Import, Dbmate) {
    users_are_there();
    foreign("20240101120000_create_users.sql",
            std::string{"-- migrate:up\n"} + users_sql + "\n-- migrate:down\ndrop table users;\n");
    foreign("20240301120000_create_notes.sql",
            std::string{"-- migrate:up transaction:false\n"} + notes_sql + "\n-- migrate:down\n");
    database_.exec({"create table schema_migrations (version varchar(128) primary key)",
                    "insert into schema_migrations values ('20240101120000')"});
    ASSERT_EQ(run({"import", "dbmate", "--from", from()}).exit_code, 0);
    EXPECT_THAT(names("applied"), ElementsAre("create_users"));
    EXPECT_EQ(json({"status"}).json()["current"], "20240101120000");
    up_runs_only_the_pending_one();
    EXPECT_EQ(run({"down", "20240101120000"}).exit_code, 5) << "it has no way back";
}

TEST_P(Import, Goose) {
    users_are_there();
    foreign("00001_create_users.sql",
            std::string{"-- +goose Up\n"} + users_sql + "-- +goose Down\ndrop table users;\n");
    foreign("00002_create_notes.sql",
            std::string{"-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n"} + notes_sql +
                "-- +goose StatementEnd\n-- +goose Down\ndrop table notes;\n");
    foreign("00003_later.go", "package migrations\n");
    database_.exec(
        {"create table goose_db_version (id integer primary key, version_id bigint not null, is_applied "
         "boolean not null, tstamp timestamp default current_timestamp)",
         "insert into goose_db_version (id, version_id, is_applied) values (1, 0, true), (2, 1, true), (3, "
         "2, true), (4, 2, false)"});
    const ToolRun done = json({"import", "goose", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_THAT(names("applied"), ElementsAre("1_create_users"));
    EXPECT_THAT(done.json()["left_out"].dump(), HasSubstr("00003_later.go"));
    up_runs_only_the_pending_one();
}

TEST_P(Import, GolangMigrate) {
    users_are_there();
    foreign("000001_create_users.up.sql", users_sql);
    foreign("000001_create_users.down.sql", "drop table users;\n");
    foreign("000002_fill.up.sql", "BEGIN;\ninsert into users (id, name) values (1, 'Ann');\nCOMMIT;\n");
    foreign("000010_create_notes.up.sql", notes_sql);
    foreign("000010_create_notes.down.sql", "drop table notes;\n");
    database_.exec(
        {"create table schema_migrations (version bigint not null primary key, dirty boolean not null)",
         "insert into schema_migrations values (2, true)"});
    const ToolRun dirty = json({"import", "golang-migrate", "--from", from()});
    EXPECT_EQ(dirty.exit_code, 5);
    EXPECT_EQ(dirty.json()["error"]["code"], "unfinished");
    database_.exec({"update schema_migrations set dirty = false"});
    ASSERT_EQ(run({"import", "golang-migrate", "--from", from()}).exit_code, 0);
    EXPECT_THAT(names("applied"), ElementsAre("1_create_users", "2_fill"));
    EXPECT_THAT(names("pending"), ElementsAre("10_create_notes"));
    up_runs_only_the_pending_one();
}

TEST_P(Import, Sqitch) {
    users_are_there();
    foreign("sqitch.plan",
            "%syntax-version=1.0.0\n%project=shop\n\nusers 2024-01-01T10:00:00Z Ann <ann@x> # "
            "Users\n@v1 2024-01-02T10:00:00Z Ann <ann@x> # Tag\nnotes [users] 2024-02-01T10:00:00Z Ann "
            "<ann@x> # Notes\n");
    foreign("deploy/users.sql", std::string{"-- Deploy shop:users\nBEGIN;\n"} + users_sql + "COMMIT;\n");
    foreign("revert/users.sql", "BEGIN;\ndrop table users;\nCOMMIT;\n");
    foreign("deploy/notes.sql", std::string{"BEGIN;\n"} + notes_sql + "COMMIT;\n");
    foreign("revert/notes.sql", "BEGIN;\ndrop table notes;\nCOMMIT;\n");
    const std::vector<std::string> registry{
        "(change_id varchar(40) primary key, script_hash varchar(40), \"change\" text not null, project text "
        "not "
        "null, note text not null, committed_at timestamp not null)",
        "insert into %s.changes values ('aa', 'bb', 'users', 'shop', 'Users', '2024-01-01 10:00:00')"};
    if (database_.flavor() == Flavor::sqlite) {
        // A file of its own beside the database.
        const std::string beside = fs::path{database_.url().substr(7)}.parent_path() / "sqitch.db";
        database_.exec({"attach database '" + beside + "' as sqitch"});
    } else {
        database_.exec({"create schema sqitch"});
    }
    std::string insert = registry[1];
    insert.replace(insert.find("%s"), 2, "sqitch");
    database_.exec({"create table sqitch.changes " + registry[0], insert});
    const ToolRun done = json({"import", "sqitch", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_THAT(names("applied"), ElementsAre("users"));
    EXPECT_THAT(names("pending"), ElementsAre("notes"));
    up_runs_only_the_pending_one();
}

TEST_P(Import, AlembicBySqlOfItsOfflineMode) {
    users_are_there();
    foreign("versions/1975ea83b712_users.py", "revision = '1975ea83b712'\n");
    foreign("upgrade.sql",
            std::string{
                "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- "
                "Running upgrade  -> 1975ea83b712\n\n"} +
                users_sql +
                "\nINSERT INTO alembic_version (version_num) VALUES ('1975ea83b712');\n\n-- Running upgrade "
                "1975ea83b712 -> ae1027a6acf1\n\n" +
                notes_sql +
                "\nUPDATE alembic_version SET version_num='ae1027a6acf1' WHERE "
                "alembic_version.version_num = '1975ea83b712';\n\nCOMMIT;\n");
    foreign("downgrade.sql", "BEGIN;\n-- Running downgrade ae1027a6acf1 -> 1975ea83b712\n\nDROP TABLE "
                             "notes;\n\nUPDATE alembic_version SET version_num='1975ea83b712';\n\nCOMMIT;\n");
    database_.exec({"create table alembic_version (version_num varchar(32) not null primary key)",
                    "insert into alembic_version values ('1975ea83b712')"});
    const ToolRun done = json({"import", "alembic", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_EQ(names("applied").size(), 1U);
    EXPECT_EQ(names("pending").size(), 1U);
    up_runs_only_the_pending_one();
    must({"down"});
}

TEST_P(Import, AlembicByItsHistoryAlone) {
    users_are_there();
    database_.exec({"create table alembic_version (version_num varchar(32) not null primary key)",
                    "insert into alembic_version values ('1975ea83b712')"});
    ASSERT_EQ(run({"import", "alembic"}).exit_code, 0);
    is_a_baseline("baseline_from_alembic");
}

TEST_P(Import, Rails) {
    users_are_there();
    foreign("db/migrate/20240101120000_create_users.rb",
            "class CreateUsers < ActiveRecord::Migration[7.1]\nend\n");
    database_.exec({"create table schema_migrations (version varchar(255) not null primary key)",
                    "create table ar_internal_metadata (\"key\" varchar(255) not null primary key, \"value\" "
                    "varchar(255))",
                    "insert into schema_migrations values ('20240101120000'), ('20240201120000')"});
    const ToolRun done = json({"import", "rails", "--from", from()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_EQ(json({"status"}).json()["current"], "20240201120000");
    EXPECT_THAT(done.json()["left_out"].dump(), HasSubstr("create_users.rb"));
    is_a_baseline("baseline_from_rails");
}

TEST_P(Import, Django) {
    users_are_there();
    const std::string id =
        database_.flavor() == Flavor::sqlite ? "integer primary key autoincrement" : "bigserial primary key";
    database_.exec(
        {"create table django_migrations (id " + id +
             ", app varchar(255) not null, name varchar(255) not null, applied timestamp not null)",
         "insert into django_migrations (app, name, applied) values ('shop', '0001_initial', "
         "current_timestamp), ('shop', '0002_users', current_timestamp)"});
    ASSERT_EQ(run({"import", "django"}).exit_code, 0);
    is_a_baseline("baseline_from_django");
}

TEST_P(Import, Laravel) {
    users_are_there();
    database_.exec(
        {"create table migrations (id integer primary key, migration varchar(255) not null, batch integer "
         "not null)",
         "insert into migrations values (1, '2014_10_12_000000_create_users_table', 1)"});
    ASSERT_EQ(run({"import", "laravel"}).exit_code, 0);
    is_a_baseline("baseline_from_laravel");
}

TEST_P(Import, WhatIsAppliedAndHasNoSqlIsRefusedOrPartOfABaseline) {
    users_are_there();
    foreign("00002_create_notes.sql", std::string{"-- +goose Up\n"} + notes_sql);
    foreign("00001_create_users.go", "package migrations\n");
    database_.exec(
        {"create table goose_db_version (id integer primary key, version_id bigint not null, is_applied "
         "boolean not null, tstamp timestamp default current_timestamp)",
         "insert into goose_db_version (id, version_id, is_applied) values (1, 0, true), (2, 1, true)"});
    const ToolRun refused = json({"import", "goose", "--from", from()});
    EXPECT_EQ(refused.exit_code, 5);
    EXPECT_EQ(refused.json()["error"]["code"], "not_imported");
    EXPECT_TRUE(fs::is_empty(folder_.path()));
    ASSERT_EQ(run({"import", "goose", "--from", from(), "--as-baseline"}).exit_code, 0);
    EXPECT_THAT(names("applied"), ElementsAre("baseline_from_goose"));
    up_runs_only_the_pending_one();
}

TEST_P(Import, WithoutAHistoryOrAToolOfThatNameNothingIsDone) {
    EXPECT_EQ(json({"import", "flyway"}).json()["error"]["code"], "no_history");
    EXPECT_EQ(run({"import", "flyway"}).exit_code, 2);
    EXPECT_EQ(json({"import", "notepad"}).json()["error"]["code"], "unknown_tool");
}

INSTANTIATE_TEST_SUITE_P(Servers, Import, testing::ValuesIn(import_servers()), server_name);

} // namespace
} // namespace turntable::test
