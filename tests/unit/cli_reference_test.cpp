// docs/commands.md is written by hand; this keeps it complete.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_table.hpp"
#include "cli/option_groups.hpp"
#include "run/api.hpp"

namespace turntable::cli {
namespace {

using testing::HasSubstr;

std::string reference() {
    std::ifstream file{TURNTABLE_SOURCE_DIR "/docs/commands.md"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(CommandReference, HasASectionOrALineForEveryCommand) {
    const std::string text = reference();
    for (const CommandSpec& spec : command_table()) {
        EXPECT_TRUE(text.find("## " + std::string{spec.name}) != std::string::npos ||
                    text.find(" · " + std::string{spec.name} + " ") != std::string::npos)
            << spec.name;
    }
}

TEST(CommandReference, HasEveryOption) {
    const std::string text = reference();
    const auto all = every_option();
    for (const auto& option : all.options()) {
        EXPECT_THAT(text, HasSubstr("--" + option->long_name()));
    }
}

TEST(CommandReference, HasEveryStateOfAJob) {
    const std::string text = reference();
    for (int state = 0; state <= static_cast<int>(run::JobState::failed); ++state) {
        EXPECT_THAT(text, HasSubstr("`" + std::string{to_string(static_cast<run::JobState>(state))} + "`"));
    }
}

TEST(CommandReference, HasEveryExitCode) {
    const std::string text = reference();
    for (int exit_code = 0; exit_code <= static_cast<int>(ErrorKind::connection); ++exit_code) {
        EXPECT_THAT(text, HasSubstr("\n| " + std::to_string(exit_code) + " | "));
    }
}

} // namespace
} // namespace turntable::cli
