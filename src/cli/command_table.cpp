#include "cli/command_table.hpp"

#include <algorithm>
#include <array>

namespace turntable::cli {
namespace {

template <typename... Groups>
constexpr unsigned groups(Groups... group) {
    return (0U | ... | static_cast<unsigned>(group));
}

constexpr std::array commands{
    CommandSpec{Command::alter, "alter", "TABLE",
                groups(OptionGroup::change, OptionGroup::settings, OptionGroup::execute),
                "change a table online; prints the plan unless --execute is given"},
    CommandSpec{Command::plan, "plan", "TABLE", groups(OptionGroup::change, OptionGroup::settings),
                "print what alter would do: every statement, whom it blocks, and why"},
    CommandSpec{Command::revert, "revert", "JOB", groups(OptionGroup::dry_run),
                "swap the old shape back, losing no write made since the swap"},
    CommandSpec{Command::finalize, "finalize", "JOB", groups(OptionGroup::dry_run, OptionGroup::due),
                "end the revert window and retire the table that is no longer used"},
    CommandSpec{Command::jobs, "jobs", "", 0, "list the changes of this database and how they stand"},
    CommandSpec{Command::pause, "pause", "JOB", 0, "hold a running job back"},
    CommandSpec{Command::resume, "resume", "JOB", 0,
                "let a paused job go on, or take over one whose owner is gone and run it to the end"},
    CommandSpec{Command::set, "set", "JOB KEY=VALUE...", 0, "change a setting of a running job"},
    CommandSpec{Command::cutover, "cutover", "JOB", 0, "let a job that waits for it swap"},
    CommandSpec{Command::abort, "abort", "JOB", 0,
                "end a job before its swap and leave the table as it was found"},
    CommandSpec{Command::lint, "lint", "[FILE...]", groups(OptionGroup::lint),
                "look for what is unsafe in migrations; connects to nothing"},
    CommandSpec{Command::demo, "demo", "[demo options]", 0,
                "see it work: an embedded database, writers, a change and its way back (`demo --help`)"},
};

} // namespace

std::span<const CommandSpec> command_table() {
    return commands;
}

const CommandSpec* find_command(std::string_view name) {
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [name](const CommandSpec& spec) { return spec.name == name; });
    return found == commands.end() ? nullptr : &*found;
}

} // namespace turntable::cli
