#include "lab.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fmt/core.h>

namespace turntable::test {

std::string server_name(const testing::TestParamInfo<Server>& info) {
    return info.param.name;
}

std::string MigrateTest::version(int number) {
    return fmt::format("20260101{:06}", number);
}

void MigrateTest::migration(int number, const std::string& name, const std::string& text) {
    static_cast<void>(folder_.file(version(number) + "_" + name, text));
}

void MigrateTest::remove_migration(int number, const std::string& name) {
    ASSERT_TRUE(std::filesystem::remove(folder_.path() / (version(number) + "_" + name)));
}

ToolRun MigrateTest::run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--dir", folder_.path().string()});
    return tool_.run(words);
}

ToolRun MigrateTest::json(std::vector<std::string> words) const {
    words.insert(words.end(), {"--dir", folder_.path().string()});
    return tool_.json(words);
}

std::unique_ptr<Process> MigrateTest::start(std::vector<std::string> words) const {
    words.insert(words.end(), {"--dir", folder_.path().string()});
    return tool_.start(words);
}

void MigrateTest::must(const std::vector<std::string>& words) {
    const ToolRun done = run(words);
    ASSERT_EQ(done.exit_code, 0) << done.text();
}

// SQLite keeps a definition as it was typed: blanks do not count.
std::vector<std::string> MigrateTest::catalog() {
    std::vector<std::string> lines = catalog_image(database_.flavor(), database_.client());
    std::erase_if(lines, [](const std::string& line) {
        return line.find("turntable_current") != std::string::npos ||
               line.find("_turntable_") != std::string::npos ||
               line.find("sqlite_sequence") != std::string::npos; // once made, SQLite keeps it for ever
    });
    for (std::string& line : lines) {
        std::erase_if(line, [](char c) { return c == ' ' || c == '\n'; });
    }
    return lines;
}

std::string MigrateTest::slow_statement(int seconds) const {
    const std::string length = std::to_string(seconds);
    switch (database_.flavor()) {
    case Flavor::postgres:
        return "select pg_sleep(" + length + ")";
    case Flavor::mysql:
    case Flavor::mariadb:
        // A bare sleep() that is cancelled is a statement that ended well.
        return "select 1 from information_schema.engines where engine = 'InnoDB' and sleep(" + length +
               ") = 1";
    case Flavor::sqlite:
        return "with recursive c(i) as (select 1 union all select i + 1 from c where i < " +
               std::to_string(seconds * 2'000'000) + ") select max(i) from c";
    }
    return {};
}

void MigrateTest::wait_for_holder() const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < until) {
        const ToolRun lock = tool_.json({"lock"});
        if (lock.exit_code == 0 && !lock.json()["holder"].is_null()) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    FAIL() << "no runner got the lease within a minute";
}

void MigrateTest::wait_for_slow_statement() {
    wait_for_holder();
    if (database_.flavor() == Flavor::sqlite) {
        return;
    }
    // MySQL shows the values of a statement, too: saving the migration's text is not running it.
    const std::string running =
        database_.flavor() == Flavor::postgres
            ? "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and "
              "datname = current_database() and query like '%pg_sleep(%'"
            : "select count(*) from information_schema.processlist where id <> connection_id() and db = "
              "database() and info like '%sleep(%' and info not like '%\\_turntable\\_%'";
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (number(running) == 0) {
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "the statement did not begin within a minute";
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

void MigrateTest::expect_a_killed_runner_is_followed() {
    write_shop();
    must({"up"});
    // Slow as long as `pace` says: the next runner finds the same text, and nothing to wait for in it.
    database_.exec({"create table pace (seconds int)", "insert into pace values (30)"});
    std::string slow = slow_statement(30);
    const std::string length = database_.flavor() == Flavor::sqlite ? std::to_string(30 * 2'000'000) : "30";
    slow.replace(slow.find(length), length.size(),
                 database_.flavor() == Flavor::sqlite ? "(select seconds * 2000000 from pace)"
                                                      : "(select seconds from pace)");
    migration(3, "slow.sql",
              "-- turntable:up\ncreate table one (id int primary key);\ninsert into one values (1);\n" +
                  slow + ";\ninsert into one values (2);\n-- turntable:down\ndrop table one;\n");
    const auto killed = start({"up"});
    wait_for_slow_statement();
    killed->send(SIGKILL);
    ASSERT_TRUE(killed->wait_for(std::chrono::seconds{30}));
    database_.exec({"update pace set seconds = 0"});
    const auto began = std::chrono::steady_clock::now();
    must({"up"});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{25})
        << "a server goes on with the statement of who is gone: it is ended, not waited for";
    EXPECT_EQ(number("select count(*) from one"), 2);
    EXPECT_EQ(json({"status"}).json()["current"], version(3));
}

void MigrateTest::write_shop() {
    migration(1, "create_users.toml", R"toml(description = "Users"
[[op]]
kind = "create_table"
table = "users"
columns = [
  { name = "id", type = "int64", identity = true },
  { name = "email", type = "varchar(190) not null" },
  { name = "full_name", type = "varchar(200)" },
  { name = "balance", type = "float64" },
]
primary_key = ["id"]
indexes = [{ name = "users_email", columns = ["email"], unique = true }]
)toml");
    migration(2, "seed_users.sql", R"toml(-- turntable:up
insert into users (email, full_name, balance) values ('a@x', 'Ann Alpha', 1.25);
insert into users (email, full_name, balance) values ('b@x', 'Bob; Beta', 17.08);
-- turntable:down
delete from users where email in ('a@x', 'b@x');
)toml");
}

} // namespace turntable::test
