// What users of other tools ran into: docs/migrations-hazards.md has the list.

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "lab.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;

std::vector<Server> of(Flavor flavor) {
    std::vector<Server> out = one_server_of_each();
    std::erase_if(out, [flavor](const Server& server) { return flavor_of(server) != flavor; });
    return out;
}

class MigrateHazards : public MigrateTest {
  protected:
    [[nodiscard]] std::string own_table(const std::string& name) const {
        return database_.flavor() == Flavor::postgres ? "turntable." + name : "_turntable_" + name;
    }
    // Holds a lock on users that a change of it has to wait for, while it lives.
    class Reader {
      public:
        explicit Reader(const TestDatabase& database) : client_(database.open()) {
            client_->query("begin");
            client_->query("select count(*) from users");
        }
        void end() { client_->query("commit"); }

      private:
        std::unique_ptr<Client> client_;
    };
};

TEST_P(MigrateHazards, ABackfillEndsUnderWritersThatGoOnInserting) {
    migration(1, "create_events.sql",
              "-- turntable:up\ncreate table events (place bigint not null, day bigint not null, note "
              "varchar(20), primary key (place, day));\n");
    must({"up"});
    for (int i = 0; i < 40; ++i) {
        database_.exec({"insert into events (place, day) values (" + std::to_string(i / 10) + ", " +
                        std::to_string(i) + ")"});
    }
    migration(2, "fill_notes.toml",
              "[[op]]\nkind = \"backfill\"\ntable = \"events\"\nset = { note = \"'old'\" }\n"
              "where = \"note is null\"\n");
    std::atomic<bool> over{false};
    std::thread writer{[&] {
        const auto client = database_.open();
        for (std::int64_t day = 1000; !over; ++day) {
            client->query("insert into events (place, day) values (9, " + std::to_string(day) + ")");
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
    }};
    const ToolRun up = run({"up"});
    over = true;
    writer.join();
    EXPECT_EQ(up.exit_code, 0) << up.text();
    EXPECT_EQ(number("select count(*) from events where place < 9 and note = 'old'"), 40);
    EXPECT_GT(number("select count(*) from events where place = 9 and note is null"), 0)
        << "those that came behind its end are not its business";
}

TEST_P(MigrateHazards, AChecksumOfAnotherAlgorithmMakesNoFileLookEdited) {
    write_shop();
    must({"up"});
    database_.exec({"update " + own_table("migration") + " set checksum = 'sha3.1:00ff'"});
    EXPECT_EQ(run({"verify"}).exit_code, 0);
    migration(2, "seed_users.sql", "-- turntable:up\ninsert into users (email) values ('z@x');\n");
    EXPECT_EQ(run({"verify"}).exit_code, 3) << "an edit is still one";
}

TEST_P(MigrateHazards, SeveralDatabasesAtOnceAreNothingToEachOther) {
    write_shop();
    const TestDatabase other{GetParam()};
    const Tool there{other.url()};
    const auto first = start({"up"});
    const auto second = there.start({"up", "--dir", folder_.path().string()});
    const ToolRun here_run = Tool::finish(*first), there_run = Tool::finish(*second);
    EXPECT_EQ(here_run.exit_code, 0) << here_run.text();
    ASSERT_EQ(there_run.exit_code, 0) << there_run.text();
    EXPECT_EQ(number("select count(*) from users"), 2);
    EXPECT_EQ(other.open()->number("select count(*) from users"), 2);
}

INSTANTIATE_TEST_SUITE_P(On, MigrateHazards, testing::ValuesIn(one_server_of_each()), server_name);

class MigrateLocks : public MigrateHazards {};

std::vector<Server> servers_with_locks() {
    std::vector<Server> out = one_server_of_each();
    std::erase_if(out, [](const Server& server) { return flavor_of(server) == Flavor::sqlite; });
    return out;
}

TEST_P(MigrateLocks, AChangeThatMeetsALockIsTriedAgainUntilItIsGone) {
    write_shop();
    must({"up"});
    migration(3, "raw_column.sql", "-- turntable:up\nalter table users add column raw_note varchar(20);\n");
    migration(4, "typed_column.toml",
              "[[op]]\nkind = \"add_column\"\ntable = \"users\"\ncolumn = \"note\"\n"
              "type = \"varchar(20)\"\n");
    for (const char* const target : {"+1", "head"}) {
        Reader reader{database_};
        const auto up = start({"up", target, "--lock-timeout", "50ms"});
        std::this_thread::sleep_for(std::chrono::milliseconds{700});
        EXPECT_EQ(number("select count(*) from users"), 2) << "nobody queues behind it for long";
        reader.end();
        const ToolRun end = Tool::finish(*up);
        EXPECT_EQ(end.exit_code, 0) << target << end.text();
    }
    EXPECT_EQ(json({"status"}).json()["current"], version(4));
}

INSTANTIATE_TEST_SUITE_P(On, MigrateLocks, testing::ValuesIn(servers_with_locks()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MigrateLocks);

class MigrateConcurrentIndex : public MigrateHazards {};

TEST_P(MigrateConcurrentIndex, RunnersWaitForEachOtherAndNoBuildWaitsForThem) {
    write_shop();
    migration(3, "index_names.sql",
              "-- turntable:up tx=off\ncreate index concurrently users_name on users (full_name);\n"
              "-- turntable:down tx=off\ndrop index concurrently users_name;\n");
    std::vector<std::unique_ptr<Process>> runners;
    for (int i = 0; i < 3; ++i) {
        runners.push_back(start({"up"}));
    }
    for (const auto& runner : runners) {
        const ToolRun end = Tool::finish(*runner);
        EXPECT_EQ(end.exit_code, 0) << end.text();
    }
    EXPECT_EQ(
        number("select count(*) from pg_index where indexrelid = 'users_name'::regclass and indisvalid"), 1);
}

TEST_P(MigrateConcurrentIndex, AnInvalidIndexThatAFailedBuildLeftIsNeverTakenForTheIndex) {
    write_shop();
    must({"up"});
    database_.exec({"update users set full_name = 'the same'"});
    migration(3, "index_names.sql",
              "-- turntable:up tx=off\ncreate unique index concurrently users_name on users (full_name);\n");
    migration(4, "typed_index.toml",
              "[[op]]\nkind = \"add_index\"\ntable = \"users\"\nname = \"users_name_too\"\n"
              "columns = [\"full_name\"]\nunique = true\n");
    EXPECT_NE(run({"up"}).exit_code, 0);
    database_.exec({"update users set full_name = email"});
    const ToolRun again = run({"up", "+1"});
    const std::int64_t valid =
        number("select count(*) from pg_index where indexrelid = to_regclass('users_name') and indisvalid");
    EXPECT_EQ(again.exit_code == 0, valid == 1) << again.text();
    if (again.exit_code != 0) { // the author's statement alone makes it: what it left is his to drop
        database_.exec({"drop index users_name"});
        const ToolRun last = run({"up", "+1"});
        ASSERT_EQ(last.exit_code, 0) << last.text();
    }
    must({"up"});
    EXPECT_EQ(number("select count(*) from pg_index where indrelid = 'users'::regclass and not indisvalid"),
              0);
}

TEST_P(MigrateConcurrentIndex, APrimaryKeyThatSomethingStandsOnIsNotReplaced) {
    database_.exec({"create table items (id bigint primary key, code bigint not null)",
                    "create table lines (item bigint references items (id))"});
    migration(1, "key_by_code.toml",
              "[[op]]\nkind = \"set_primary_key\"\ntable = \"items\"\ncolumns = [\"code\"]\n");
    EXPECT_EQ(json({"up"}).json()["error"]["code"], "key_in_use");
    database_.exec({"drop table lines", "alter table items replica identity using index items_pkey"});
    EXPECT_EQ(json({"up"}).json()["error"]["code"], "key_is_replica_identity");
    database_.exec({"alter table items replica identity default", "insert into items values (1, 7), (2, 7)"});
    EXPECT_EQ(run({"up"}).exit_code, 3) << "duplicates";
    EXPECT_EQ(number("select count(*) from pg_index where indrelid = 'items'::regclass"), 1) << "as it was";
    database_.exec({"update items set code = id"});
    must({"up"});
    EXPECT_EQ(number("select count(*) from pg_constraint where conname = 'items_pkey' and conkey = '{2}'"),
              1);
}

INSTANTIATE_TEST_SUITE_P(On, MigrateConcurrentIndex, testing::ValuesIn(of(Flavor::postgres)), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MigrateConcurrentIndex);

class SqliteHazards : public MigrateHazards {};

TEST_P(SqliteHazards, ARebuildByHandKeepsTheRowsOfChildren) {
    database_.exec(
        {"create table parents (id integer primary key autoincrement, name text)",
         "create table children (id integer primary key, parent integer not null references parents "
         "(id) on delete cascade)",
         "insert into parents (name) values ('a'), ('b')",
         "insert into children (parent) values (1), (1), (2)"});
    migration(
        1, "rebuild_parents.sql",
        "-- turntable:up\ncreate table new_parents (id integer primary key autoincrement, name text not "
        "null);\ninsert into new_parents select id, name from parents;\ndrop table parents;\nalter table "
        "new_parents rename to parents;\n");
    must({"up"});
    EXPECT_EQ(number("select count(*) from children"), 3);
    migration(2, "drop_a_parent.sql", "-- turntable:up\ndelete from parents where id = 2;\n");
    const ToolRun broken = json({"up"});
    EXPECT_EQ(broken.exit_code, 3) << broken.text();
    EXPECT_EQ(broken.json()["error"]["code"], "broken_references");
    EXPECT_EQ(number("select count(*) from parents"), 2) << "undone";
}

TEST_P(SqliteHazards, ATypedChangeKeepsTheSequenceTheViewsAndTheRowsOfChildren) {
    database_.exec(
        {"create table parents (id integer primary key autoincrement, name text)",
         "create table children (id integer primary key, parent integer not null references parents "
         "(id) on delete cascade)",
         "create view names as select name from parents",
         "insert into parents (name) values ('a'), ('b'), ('c')", "delete from parents where id = 3",
         "insert into children (parent) values (1), (1), (2)"});
    migration(1, "name_not_null.toml",
              "[[op]]\nkind = \"set_not_null\"\ntable = \"parents\"\ncolumn = \"name\"\n");
    must({"up", "--keep-old", "none"});
    EXPECT_EQ(number("select count(*) from children"), 3);
    EXPECT_EQ(number("select count(*) from names"), 2);
    database_.exec({"insert into parents (name) values ('d')"});
    EXPECT_EQ(number("select max(id) from parents"), 4) << "a number that was given is not given again";
}

TEST_P(SqliteHazards, ASecondRunnerWaitsAsLongAsItIsTold) {
    migration(1, "slow.sql", "-- turntable:up\n" + slow_statement() + ";\n");
    const auto first = start({"up"});
    wait_for_holder();
    const ToolRun second = json({"up", "--lock-wait", "300ms"});
    EXPECT_EQ(second.exit_code, 4) << second.text();
    EXPECT_EQ(second.json()["error"]["code"], "migrating");
    first->send(SIGTERM);
    EXPECT_EQ(Tool::finish(*first).exit_code, 6);
}

INSTANTIATE_TEST_SUITE_P(On, SqliteHazards, testing::Values(Server{"sqlite", ""}), server_name);

} // namespace
} // namespace turntable::test
