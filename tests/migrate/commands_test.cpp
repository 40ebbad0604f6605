// Commands and options as a person or an application at its start uses them. What they read and write is the
// same on every engine, so SQLite is enough for these.

#include <csignal>
#include <filesystem>
#include <fstream>

#include "lab.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class MigrateCommands : public MigrateTest {
  protected:
    void write_three() {
        write_shop();
        migration(3, "numbers.sql",
                  "-- turntable:up\ncreate table numbers (n int);\n-- turntable:down\ndrop table numbers;\n");
    }
    [[nodiscard]] std::string current() { return json({"status"}).json()["current"].dump(); }
    [[nodiscard]] std::string shown(int number) const { return "\"" + version(number) + "\""; }
    void expect_usage(const std::vector<std::string>& words, const std::string& code) {
        const ToolRun refused = json(words);
        EXPECT_EQ(refused.exit_code, 2) << refused.text();
        EXPECT_EQ(refused.json()["error"]["code"], code) << refused.text();
    }
};

TEST_P(MigrateCommands, NewWritesAFileLaterThanAllOthers) {
    const ToolRun first = json({"new", "Add \"e-mail\" to users"});
    ASSERT_EQ(first.exit_code, 0) << first.text();
    const fs::path file = first.json()["file"].get<std::string>();
    EXPECT_THAT(file.filename().string(), testing::MatchesRegex("[0-9]{14}_add_e_mail_to_users\\.toml"));
    std::ifstream in{file};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_THAT(text, HasSubstr("description = \"Add \\\"e-mail\\\" to users\""));
    const ToolRun second = json({"new", "raw rows", "--sql"});
    ASSERT_EQ(second.exit_code, 0) << second.text();
    const fs::path later = second.json()["file"].get<std::string>();
    EXPECT_EQ(later.extension(), ".sql");
    EXPECT_GT(later.filename().string(), file.filename().string()) << "within one second, too";
    expect_usage({"new", "Raw rows"}, "duplicate_migration");
    expect_usage({"new"}, "missing_word");
    expect_usage({"new", "…"}, "bad_description");
}

TEST_P(MigrateCommands, ANewRawMigrationRunsAsItIsWritten) {
    const fs::path file = json({"new", "create numbers", "--sql"}).json()["file"].get<std::string>();
    std::ifstream in{file};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    in.close();
    const auto up = text.find("-- turntable:up\n") + std::string{"-- turntable:up\n"}.size();
    std::ofstream{file} << text.insert(up, "create table numbers (n int);\n") << "drop table numbers;\n";
    const auto before = catalog();
    must({"up"});
    EXPECT_EQ(number("select count(*) from numbers"), 0);
    must({"down"});
    EXPECT_EQ(catalog(), before);
}

TEST_P(MigrateCommands, TargetsOfUpAndDown) {
    write_three();
    must({"up", version(1)});
    EXPECT_EQ(current(), shown(1));
    must({"up", "+1"});
    EXPECT_EQ(current(), shown(2));
    must({"up", "numbers"}); // a slug, and below the unique beginning of a version
    EXPECT_EQ(current(), shown(3));
    must({"down", "-2"});
    EXPECT_EQ(current(), shown(1));
    must({"up", "head"});
    EXPECT_EQ(current(), shown(3));
    must({"down", version(2)}); // to just after it
    EXPECT_EQ(current(), shown(2));
    EXPECT_EQ(json({"down", "base"}).json()["error"]["code"], "base");
    must({"down", "base", "--allow", "base"});
    EXPECT_EQ(current(), "null");
    expect_usage({"up", "20260101"}, "ambiguous_target");
    expect_usage({"up", "nonsense"}, "unknown_target");
    expect_usage({"up", "+9x"}, "unknown_target");
    EXPECT_EQ(current(), "null");
}

TEST_P(MigrateCommands, PlanShowsWhatUpWouldDoUpToATarget) {
    write_three();
    migration(4, "careful.toml",
              "docs = \"https://docs.example/careful\"\nmanual = \"Tell the accountants\"\n"
              "phase = \"contract\"\n[[op]]\nkind = \"drop_table\"\ntable = \"numbers\"\n");
    const ToolRun two = json({"plan", "+2"});
    ASSERT_EQ(two.exit_code, 0) << two.text();
    ASSERT_EQ(two.json()["migrations"].size(), 2U);
    EXPECT_EQ(two.json()["migrations"][1]["version"], version(2));
    EXPECT_THAT(two.json()["migrations"][0]["steps"][0]["statements"][0]["sql"].get<std::string>(),
                HasSubstr("CREATE TABLE"));
    EXPECT_EQ(json({"status"}).json()["applied"], 0) << "a plan changes nothing";
    must({"up", "+3"});
    const ToolRun rest = json({"plan"});
    ASSERT_EQ(rest.json()["migrations"].size(), 1U) << rest.text();
    EXPECT_EQ(rest.json()["migrations"][0]["docs"], "https://docs.example/careful");
    EXPECT_EQ(rest.json()["migrations"][0]["phase"], "contract");
    EXPECT_THAT(rest.json()["migrations"][0]["refusal"].get<std::string>(),
                HasSubstr("Tell the accountants"));
    EXPECT_TRUE(json({"plan", "--ack", version(4)}).json()["migrations"][0]["refusal"].is_null());
    const std::string text = run({"up", "--dry-run"}).out;
    EXPECT_THAT(text, HasSubstr("see https://docs.example/careful"));
    EXPECT_THAT(text, HasSubstr("by hand before it: Tell the accountants"));
}

TEST_P(MigrateCommands, PhasesAreLeftForTheirTime) {
    migration(1, "create_users.toml",
              "phase = \"expand\"\n[[op]]\nkind = \"create_table\"\ntable = \"users\"\ncolumns = [{ name = "
              "\"id\", type = "
              "\"int64 not null\" }, { name = \"old\", type = \"int64\" }]\nprimary_key = [\"id\"]\n");
    migration(2, "drop_old.toml",
              "phase = \"contract\"\n[[op]]\nkind = \"drop_column\"\ntable = \"users\"\ncolumn = \"old\"\n");
    migration(3, "add_new.toml",
              "phase = \"expand\"\n[[op]]\nkind = \"create_table\"\ntable = \"news\"\ncolumns = [{ "
              "name = \"id\", type = \"int64 not null\" }]\nprimary_key = [\"id\"]\n");
    must({"up", "--phase", "expand"});
    EXPECT_EQ(number("select count(old) from users"), 0);
    EXPECT_EQ(number("select count(*) from news"), 0);
    EXPECT_EQ(run({"status", "--check"}).exit_code, 3) << "one is left";
    must({"up", "--phase", "contract", "--allow", "out-of-order"});
    EXPECT_THROW(static_cast<void>(number("select count(old) from users")), ClientError);
    EXPECT_EQ(run({"status", "--check"}).exit_code, 0);
    expect_usage({"up", "--phase", "shrink"}, "bad_value");
}

TEST_P(MigrateCommands, AnApplicationAsksForItsVersionAtItsStart) {
    write_three();
    EXPECT_EQ(run({"status", "--check", "--expect", version(2)}).exit_code, 3);
    must({"up", "+2"});
    EXPECT_EQ(run({"status", "--expect", version(2)}).exit_code, 0);
    EXPECT_EQ(run({"status", "--expect", version(2) + "_seed_users"}).exit_code, 0);
    EXPECT_EQ(run({"status", "--expect", version(3)}).exit_code, 3);
    EXPECT_EQ(run({"status", "--check", "--expect", version(2)}).exit_code, 3) << "one is pending";
    must({"up"});
    EXPECT_EQ(run({"status", "--check", "--expect", version(2)}).exit_code, 0);
    EXPECT_EQ(run({"current"}).out, version(3) + "\n");
}

TEST_P(MigrateCommands, ALeaseThatIsTakenAwayStopsItsHolder) {
    write_shop();
    must({"up"});
    migration(3, "slow.sql",
              "-- turntable:up tx=off\n" + slow_statement(3) + ";\ncreate table one (n int);\n");
    const auto holder = start({"up"});
    wait_for_holder();
    const ToolRun shown = tool_.json({"lock"});
    EXPECT_THAT(shown.json()["holder"].get<std::string>(), HasSubstr(std::to_string(holder->pid())));
    const ToolRun released = tool_.run({"lock", "--release"});
    EXPECT_EQ(released.exit_code, 0) << released.text();
    const ToolRun end = Tool::finish(*holder);
    EXPECT_EQ(end.exit_code, 6) << end.text();
    EXPECT_THROW(static_cast<void>(number("select count(*) from one")), ClientError);
    must({"up"});
    EXPECT_EQ(number("select count(*) from one"), 0);
}

// Two branches each claim the next place: git itself sees it.
TEST_P(MigrateCommands, TwoBranchesThatClaimOnePlaceMeetInAConflict) {
    write_three();
    must({"verify", "--write-sum"});
    const auto git = [this](const std::string& words) {
        Process process{
            {"/bin/sh", "-c",
             "cd '" + folder_.path().string() +
                 "' && git -c user.name=t -c user.email=t@t.example -c init.defaultBranch=trunk " + words}};
        const auto end = process.wait_for(std::chrono::seconds{60});
        process.finish_output();
        return end && end->exit_code ? *end->exit_code : -1;
    };
    ASSERT_EQ(git("init -q"), 0);
    ASSERT_EQ(git("add -A"), 0);
    ASSERT_EQ(git("commit -qm base"), 0);
    ASSERT_EQ(git("checkout -qb ours"), 0);
    migration(4, "ours.sql", "-- turntable:up\ncreate table ours (n int);\n");
    must({"verify", "--write-sum"});
    ASSERT_EQ(git("add -A"), 0);
    ASSERT_EQ(git("commit -qm ours"), 0);
    ASSERT_EQ(git("checkout -q trunk"), 0);
    ASSERT_FALSE(fs::exists(folder_.path() / (version(4) + "_ours.sql")));
    migration(5, "theirs.sql", "-- turntable:up\ncreate table theirs (n int);\n");
    must({"verify", "--write-sum"});
    ASSERT_EQ(git("add -A"), 0);
    ASSERT_EQ(git("commit -qm theirs"), 0);
    EXPECT_EQ(git("merge -q ours"), 1) << "a conflict";
    EXPECT_EQ(git("diff --name-only --diff-filter=U | grep -qx turntable.sum"), 0);
    const ToolRun refused = json({"up"});
    EXPECT_EQ(refused.exit_code, 5) << refused.text();
    EXPECT_EQ(refused.json()["error"]["code"], "sum_mismatch");
    must({"verify", "--write-sum"}); // somebody has looked
    must({"up"});
    EXPECT_EQ(number("select count(*) from ours") + number("select count(*) from theirs"), 0);
}

INSTANTIATE_TEST_SUITE_P(On, MigrateCommands, testing::Values(Server{"sqlite", ""}), server_name);

// Where DDL commits by itself, a run can die between a statement and its record; who comes next may not be
// able to tell, and a person can.
class MigrateSettle : public MigrateTest {
  protected:
    // A statement whose intent is noted and whose outcome cannot be told: another table was changed
    // meanwhile.
    void die_in_a_statement() {
        migration(1, "slow.sql", "-- turntable:up\n" + slow_ddl() + ";\ninsert into one values (1);\n");
        database_.exec({"create table one (id int primary key)", "create table filler (a int)"});
        const auto killed = start({"up"});
        wait_for_slow_statement();
        killed->send(SIGKILL);
        ASSERT_TRUE(killed->wait_for(std::chrono::seconds{30}));
        database_.exec({"create table somebody_elses (a int)"});
        const ToolRun told = json({"up"});
        ASSERT_EQ(told.exit_code, 7) << told.text();
        EXPECT_EQ(told.json()["error"]["code"], "outcome_unknown");
    }
    static std::string slow_ddl() { return "create table two as select 1 as a from (select sleep(5)) as s"; }
};

TEST_P(MigrateSettle, APersonSaysThatItHappened) {
    die_in_a_statement();
    database_.exec({"create table if not exists two (a int)"});
    must({"repair", "--statement-done"});
    must({"up"});
    EXPECT_EQ(number("select count(*) from one"), 1);
}

TEST_P(MigrateSettle, APersonSaysThatItDidNot) {
    die_in_a_statement();
    database_.exec({"drop table if exists two"});
    must({"repair", "--statement-not-done"});
    must({"up"});
    EXPECT_EQ(number("select count(*) from two"), 1);
    EXPECT_EQ(number("select count(*) from one"), 1);
}

TEST_P(MigrateSettle, RepairTakesOneWord) {
    EXPECT_EQ(json({"repair"}).exit_code, 2);
    EXPECT_EQ(json({"repair", "--statement-done", "--statement-not-done"}).exit_code, 2);
    EXPECT_NE(json({"repair", "--statement-done"}).exit_code, 0) << "there is no statement in hand";
}

std::vector<Server> mysql_servers() {
    std::vector<Server> out;
    for (const Server& server : one_server_of_each()) {
        if (is_mysql_like(flavor_of(server))) {
            out.push_back(server);
        }
    }
    return out;
}
INSTANTIATE_TEST_SUITE_P(On, MigrateSettle, testing::ValuesIn(mysql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MigrateSettle);

} // namespace
} // namespace turntable::test
