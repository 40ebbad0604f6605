#include "support/golden.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace turntable::test {

std::string script_text(const Blueprint& blueprint) {
    std::string out =
        fmt::format("strategy {}: {}\nrevert {}: {}\n", to_string(blueprint.strategy),
                    blueprint.strategy_reason, to_string(blueprint.revert), blueprint.revert_reason);
    for (const std::string& note : blueprint.notes) {
        out += "note: " + note + "\n";
    }
    for (const PlannedStatement& planned : blueprint.script) {
        out += fmt::format("\n-- {}: {} ({})\n{};\n", to_string(planned.phase), planned.statement.purpose,
                           to_string(planned.statement.blocks), planned.statement.sql);
    }
    return out;
}

void expect_reviewed(const std::string& file, const std::string& text) {
    const std::filesystem::path path =
        std::filesystem::path{TURNTABLE_TEST_DATA}.parent_path() / "golden" / file;
    if (std::getenv("TURNTABLE_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << text;
    }
    std::ostringstream reviewed;
    reviewed << std::ifstream{path}.rdbuf();
    EXPECT_EQ(reviewed.str(), text) << path;
}

} // namespace turntable::test
