// What goes wrong: edited and missing files, orders, failing statements, killed and competing runners.

#include <csignal>
#include <thread>

#include "lab.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;

class MigrateTrouble : public MigrateTest {};

TEST_P(MigrateTrouble, AnEditedFileIsCaughtAndCanBeAccepted) {
    write_shop();
    must({"up"});
    migration(2, "seed_users.sql", "-- turntable:up\ninsert into users (email) values ('z@x');\n");
    const ToolRun refused = json({"up"});
    EXPECT_EQ(refused.exit_code, 5) << refused.text();
    EXPECT_EQ(refused.json()["error"]["code"], "edited");
    EXPECT_EQ(run({"verify"}).exit_code, 3);
    must({"repair", "--accept", version(2)});
    must({"up"});
    EXPECT_EQ(run({"verify"}).exit_code, 0);
    EXPECT_EQ(number("select count(*) from users"), 2);
}

TEST_P(MigrateTrouble, LineEndsAreNoEdit) {
    write_shop();
    must({"up"});
    migration(
        2, "seed_users.sql",
        "-- turntable:up\r\ninsert into users (email, full_name, balance) values ('a@x', 'Ann Alpha', "
        "1.25);\r\ninsert into users (email, full_name, balance) values ('b@x', 'Bob; Beta', 17.08);\r\n"
        "-- turntable:down\r\ndelete from users where email in ('a@x', 'b@x');\r\n");
    EXPECT_EQ(run({"verify"}).exit_code, 0);
}

TEST_P(MigrateTrouble, AMissingFileIsReportedAndCanStillBeTakenBack) {
    write_shop();
    must({"up"});
    remove_migration(2, "seed_users.sql");
    EXPECT_EQ(run({"verify"}).exit_code, 3);
    must({"down"});
    EXPECT_EQ(number("select count(*) from users"), 0);
}

TEST_P(MigrateTrouble, AnOlderMigrationIsNotSlippedIn) {
    write_shop();
    must({"up"});
    migration(
        0, "late.sql",
        "-- turntable:up\ncreate table late (id int primary key);\n-- turntable:down\ndrop table late;\n");
    const ToolRun refused = json({"up"});
    EXPECT_EQ(refused.exit_code, 5) << refused.text();
    EXPECT_EQ(refused.json()["error"]["code"], "out_of_order");
    must({"up", "--allow", "out-of-order"});
    EXPECT_EQ(number("select count(*) from late"), 0);
}

TEST_P(MigrateTrouble, AFailingStatementLeavesNothingOrSaysWhatItLeft) {
    write_shop();
    must({"up"});
    migration(3, "three_steps.sql",
              "-- turntable:up\ncreate table one (id int primary key);\ninsert into one values (1);\n"
              "insert into one select id from two;\n-- turntable:down\ndrop table one;\n");
    const ToolRun failed = json({"up"});
    if (!mysql_like()) {
        EXPECT_EQ(failed.exit_code, 1) << failed.text();
        EXPECT_THROW(static_cast<void>(number("select count(*) from one")), ClientError);
        EXPECT_EQ(json({"status"}).json()["unfinished"], 0);
    } else {
        EXPECT_EQ(failed.exit_code, 6) << failed.text();
        EXPECT_EQ(number("select count(*) from one"), 1);
        EXPECT_EQ(json({"status"}).json()["unfinished"], 1);
        EXPECT_EQ(run({"status", "--check"}).exit_code, 3);
    }
    database_.exec({"create table two (id int primary key)", "insert into two values (2)"});
    must({"up"}); // on MySQL it goes on at the third statement: the others are not repeated
    EXPECT_EQ(number("select count(*) from one"), 2);
    EXPECT_EQ(json({"status"}).json()["unfinished"], 0);
}

TEST_P(MigrateTrouble, TenRunnersAtOnceApplyEachMigrationOnce) {
    write_shop();
    migration(3, "one_more.sql", "-- turntable:up\ninsert into users (email) values ('c@x');\n");
    migration(4, "numbers.sql",
              "-- turntable:up\ncreate table numbers (n int);\ninsert into numbers values (1);\n");
    std::vector<std::unique_ptr<Process>> runners;
    for (int i = 0; i < 10; ++i) {
        runners.push_back(start({"up"}));
    }
    for (const auto& runner : runners) {
        const ToolRun done = Tool::finish(*runner);
        EXPECT_EQ(done.exit_code, 0) << done.text();
    }
    EXPECT_EQ(number("select count(*) from users"), 3);
    EXPECT_EQ(number("select count(*) from numbers"), 1);
    EXPECT_EQ(tool_.json({"history"}).json().size(), 4U);
    EXPECT_TRUE(tool_.json({"lock"}).json()["holder"].is_null());
}

TEST_P(MigrateTrouble, AKilledRunnerIsFollowedByTheNext) {
    expect_a_killed_runner_is_followed();
}

TEST_P(MigrateTrouble, AStopIsHeardInTheMiddleOfAStatement) {
    write_shop();
    must({"up"});
    migration(3, "slow.sql",
              "-- turntable:up\n" + slow_statement() + ";\ncreate table one (id int primary key);\n");
    const auto stopped = start({"up"});
    wait_for_slow_statement();
    stopped->send(SIGTERM);
    const ToolRun end = Tool::finish(*stopped);
    EXPECT_EQ(end.exit_code, 6) << end.text();
    EXPECT_TRUE(tool_.json({"lock"}).json()["holder"].is_null()) << "the lease was given back";
    migration(3, "slow.sql", "-- turntable:up\ncreate table one (id int primary key);\n");
    const ToolRun next = run({"up"});
    // MySQL and MariaDB have a note of the first statement: they want the text it belongs to.
    EXPECT_EQ(next.exit_code, mysql_like() ? 7 : 0) << next.text();
}

TEST_P(MigrateTrouble, AStatementEndsAtItsTimeLimit) {
    migration(1, "slow.sql", "-- turntable:up timeout=1s\n" + slow_statement() + ";\n");
    const ToolRun late = json({"up"});
    EXPECT_EQ(late.exit_code, 4) << late.text();
    EXPECT_EQ(late.json()["error"]["code"], "statement_timeout");
}

TEST_P(MigrateTrouble, AssertionsAndManualStepsHoldIt) {
    write_shop();
    migration(3, "checked.toml", R"toml(manual = "Tell the accountants"
[[op]]
kind = "add_column"
table = "users"
column = "note"
type = "varchar(20)"
[[assert]]
before = "select count(*) = 2 from users"
after = "select count(*) = 2 from users"
)toml");
    EXPECT_EQ(json({"up"}).json()["error"]["code"], "manual_step");
    EXPECT_EQ(json({"status"}).json()["applied"], 0) << "what stops a run is found before its beginning";
    must({"up", "+2"});
    database_.exec({"insert into users (email) values ('q@x')"});
    const ToolRun wrong = json({"up", "--ack", version(3)});
    EXPECT_EQ(wrong.exit_code, 3) << wrong.text();
    database_.exec({"delete from users where email = 'q@x'"});
    must({"up", "--ack", version(3)});
}

TEST_P(MigrateTrouble, AWindowThatAPersonOpenedIsLeftAlone) {
    write_shop();
    must({"up"});
    const ToolRun alter = tool_.run({"alter", "users", "--alter", "ADD COLUMN extra varchar(10)",
                                     "--strategy", "shadow", "--execute", "--yes"});
    ASSERT_EQ(alter.exit_code, 0) << alter.text();
    migration(
        3, "note.toml",
        "[[op]]\nkind = \"add_column\"\ntable = \"users\"\ncolumn = \"note\"\ntype = \"varchar(20)\"\n");
    const ToolRun held = run({"up"});
    EXPECT_EQ(held.exit_code, 4) << held.text();
    EXPECT_EQ(tool_.jobs()[0]["state"], "swapped");
    EXPECT_EQ(json({"status"}).json()["unfinished"], 0);
    const ToolRun ended = tool_.run({"finalize", tool_.jobs()[0]["job"].get<std::string>()});
    ASSERT_EQ(ended.exit_code, 0) << ended.text();
    must({"up"});
}

TEST_P(MigrateTrouble, BaselineAndMarkChangeTheHistoryOnly) {
    write_shop();
    migration(
        3, "one.sql",
        "-- turntable:up\ncreate table one (id int primary key);\n-- turntable:down\ndrop table one;\n");
    must({"baseline", version(2)});
    EXPECT_THROW(static_cast<void>(number("select count(*) from users")), ClientError);
    must({"up"});
    EXPECT_EQ(number("select count(*) from one"), 0);
    must({"mark", version(3), "unapplied", "--reason", "a test"});
    EXPECT_EQ(json({"status"}).json()["current"], version(2));
    must({"mark", version(3), "applied", "--reason", "a test"});
    EXPECT_EQ(json({"down"}).json()["error"]["code"], "irreversible");
}

INSTANTIATE_TEST_SUITE_P(On, MigrateTrouble, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
