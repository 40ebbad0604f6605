// docs/runbook.md shows commands: here they run, as they are written there.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

// The words of every line of a section that is a command of the tool; JOB is replaced.
std::vector<std::vector<std::string>> commands_of(const std::string& section) {
    std::ifstream file{TURNTABLE_SOURCE_DIR "/docs/runbook.md"};
    std::vector<std::vector<std::string>> commands;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        inside = line.starts_with("## ") ? line == "## " + section : inside;
        if (!inside || !line.starts_with("    turntable ")) {
            continue;
        }
        std::istringstream words{line.substr(line.find("turntable") + 9)};
        commands.emplace_back(std::istream_iterator<std::string>{words},
                              std::istream_iterator<std::string>{});
    }
    return commands;
}

class Runbook : public Scenario {
  protected:
    // Runs the section's commands in order, but for one, with an application of each kind after the swap.
    void follow(const std::string& left_out) {
        make_payments(100);
        std::string job;
        for (std::vector<std::string> command :
             commands_of("Old and new code side by side: expand, code, contract")) {
            if (command.front() == left_out) {
                continue;
            }
            std::ranges::replace(command, "JOB", job);
            const ToolRun run = tool_.json(command);
            ASSERT_EQ(run.exit_code, 0) << run.text();
            if (command.front() == "alter") {
                job = run.json().value("job", "");
                database_.exec({"UPDATE payments SET amount = 17.08 WHERE id = 1",
                                "UPDATE payments SET amount_cents = 29 WHERE id = 2"});
            }
            last_ = command.front();
        }
    }
    std::string last_;
};

TEST_P(Runbook, ExpandCodeContract) {
    follow("revert");
    EXPECT_EQ(last_, "finalize");
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 1"), 1708);
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 2"), 29);
    EXPECT_EQ(sql().number("SELECT COUNT(amount_cents) FROM payments"), 100);
    EXPECT_THROW(sql().query("SELECT amount FROM payments"), ClientError);
}

TEST_P(Runbook, ExpandCodeAndBack) {
    follow("finalize");
    EXPECT_EQ(last_, "revert");
    EXPECT_EQ(sql().cell("SELECT amount FROM payments WHERE id = 1"), "17.08");
    EXPECT_EQ(sql().cell("SELECT amount FROM payments WHERE id = 2"), "0.29");
    EXPECT_THROW(sql().query("SELECT amount_cents FROM payments"), ClientError);
}

INSTANTIATE_TEST_SUITE_P(Servers, Runbook, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
