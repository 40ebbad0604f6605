// docs/examples/shop/workflow.yml: what stands under `run:` runs, in its order, as a workflow runs it.

#include <filesystem>
#include <fstream>

#include "lab.hpp"
#include "turntable/url.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;
const fs::path example = TURNTABLE_SOURCE_DIR "/docs/examples/shop";

std::size_t indent_of(const std::string& line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

// The texts of all `run:` keys, blocks included.
std::vector<std::string> commands_of(const fs::path& workflow) {
    std::vector<std::string> commands;
    std::ifstream in{workflow};
    std::optional<std::size_t> block; // the indent of the key that a block belongs to
    for (std::string line; std::getline(in, line);) {
        if (block && indent_of(line) > *block) {
            commands.back() += line.substr(indent_of(line)) + "\n";
            continue;
        }
        block.reset();
        const auto key = line.find("run: ");
        if (key == std::string::npos || line.find_first_not_of(" -") != key) {
            continue;
        }
        const std::string text = line.substr(key + 5);
        commands.push_back(text == "|" ? "" : text);
        if (text == "|") {
            block = key;
        }
    }
    return commands;
}

class Workflow : public testing::TestWithParam<Server> {
  protected:
    [[nodiscard]] std::string run(const std::string& command) const {
        const std::string engine{Url::parse(staging_.url()).scheme};
        Process process{{"/bin/bash", "-e", "-c", "cd '" + example.string() + "'\n" + command},
                        {{"PATH", fs::path{TURNTABLE_BINARY}.parent_path().string() + ":/usr/bin:/bin"},
                         {"ENGINE", engine},
                         {"SCRATCH_URL", scratch_.url()},
                         {"STAGING_URL", staging_.url()},
                         {"PRODUCTION_URL", production_.url()},
                         {"APPROVED", "202601"}}};
        const auto end = process.wait_for(std::chrono::minutes{5});
        process.finish_output();
        return end && end->exit_code == 0 ? "" : command + "\n" + process.out() + process.err();
    }

    TestDatabase scratch_{GetParam()}, staging_{GetParam()}, production_{GetParam()};
};

TEST_P(Workflow, RunsAsItIsDocumented) {
    const std::vector<std::string> commands = commands_of(example / "workflow.yml");
    ASSERT_EQ(commands.size(), 5U);
    for (const std::string& command : commands) {
        ASSERT_EQ(run(command), "");
    }
    EXPECT_EQ(production_.client().number("select count(*) from orders where amount_cents = 1708"), 3);
}

INSTANTIATE_TEST_SUITE_P(On, Workflow, testing::Values(Server{"sqlite", ""}), server_name);

} // namespace
} // namespace turntable::test
