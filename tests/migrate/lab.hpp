#pragma once
// A database, a folder of migrations, and the program: what every test of migrations works with.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/catalog_image.hpp"
#include "support/servers.hpp"
#include "support/temp_dir.hpp"
#include "support/test_database.hpp"
#include "support/tool.hpp"

namespace turntable::test {

class MigrateTest : public testing::TestWithParam<Server> {
  protected:
    MigrateTest() : database_(GetParam()), tool_(database_.url()) {}

    // "add_users.toml" with version 20260101 and the number in the last six digits.
    void migration(int number, const std::string& name, const std::string& text);
    void remove_migration(int number, const std::string& name);
    [[nodiscard]] static std::string version(int number);
    // Runs the program with --dir in place; json() also with --format json.
    [[nodiscard]] ToolRun run(std::vector<std::string> words) const;
    [[nodiscard]] ToolRun json(std::vector<std::string> words) const;
    [[nodiscard]] std::unique_ptr<Process> start(std::vector<std::string> words) const;
    // The program did it: exit code 0.
    void must(const std::vector<std::string>& words);

    [[nodiscard]] std::int64_t number(const std::string& sql) { return database_.client().number(sql); }
    [[nodiscard]] std::vector<std::string> catalog();
    [[nodiscard]] bool mysql_like() const { return is_mysql_like(database_.flavor()); }
    // A statement that takes seconds and changes nothing.
    [[nodiscard]] std::string slow_statement(int seconds = 20) const;
    // Until a runner has the lease.
    void wait_for_holder() const;
    // Until the server is in the middle of slow_statement(); SQLite: until a runner has the lease.
    void wait_for_slow_statement();
    // One that is killed in the middle of a statement; the next applies what it had begun, once.
    void expect_a_killed_runner_is_followed();
    // Two tables of an application, with rows.
    void write_shop();

    TestDatabase database_;
    TempDir folder_;
    Tool tool_;
};

[[nodiscard]] std::string server_name(const testing::TestParamInfo<Server>& info);

} // namespace turntable::test
