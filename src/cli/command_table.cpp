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
    CommandSpec{Command::plan, "plan", "TABLE | [TARGET]",
                groups(OptionGroup::change, OptionGroup::settings, OptionGroup::probe, OptionGroup::folder,
                       OptionGroup::forward),
                "print what alter would do, or, without a change, what `up TARGET` would do"},
    CommandSpec{Command::audit, "audit", "TABLE", groups(OptionGroup::change, OptionGroup::settings),
                "count, read-only, what a change would do to the rows that are there"},
    CommandSpec{Command::conversions, "conversions", "", 0,
                "list the rules of --convert with examples and the SQL that each database gets"},
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
    CommandSpec{Command::lint, "lint", "[FILE...]", groups(OptionGroup::folder, OptionGroup::lint),
                "look for what is unsafe in migrations; connects to nothing"},
    CommandSpec{
        Command::new_migration, "new", "DESCRIPTION",
        groups(OptionGroup::folder, OptionGroup::new_file, OptionGroup::written, OptionGroup::scratch),
        "write the file of a new migration"},
    CommandSpec{Command::up, "up", "[TARGET]",
                groups(OptionGroup::folder, OptionGroup::settings, OptionGroup::dry_run,
                       OptionGroup::migrating, OptionGroup::forward),
                "apply the migrations that this database does not have, up to TARGET (default head)"},
    CommandSpec{
        Command::down, "down", "[TARGET]",
        groups(OptionGroup::folder, OptionGroup::settings, OptionGroup::dry_run, OptionGroup::migrating),
        "take migrations back, down to TARGET (default -1, the newest)"},
    CommandSpec{Command::status, "status", "", groups(OptionGroup::folder, OptionGroup::checking),
                "list the migrations and how they stand"},
    CommandSpec{Command::current, "current", "", groups(OptionGroup::folder),
                "print the newest version that is applied"},
    CommandSpec{Command::history, "history", "", 0, "list what was done, by whom and with what result"},
    CommandSpec{Command::verify, "verify", "", groups(OptionGroup::folder, OptionGroup::sum),
                "compare the folder with its integrity file and with the history"},
    CommandSpec{Command::mark, "mark", "VERSION applied|unapplied",
                groups(OptionGroup::folder, OptionGroup::reason), "change the history and not the schema"},
    CommandSpec{Command::baseline, "baseline", "VERSION", groups(OptionGroup::folder),
                "begin a history: everything up to VERSION was there before"},
    CommandSpec{Command::repair, "repair", "", groups(OptionGroup::folder, OptionGroup::repairing),
                "settle what only a person can know"},
    CommandSpec{Command::lock, "lock", "", groups(OptionGroup::releasing),
                "show who is migrating this database"},
    CommandSpec{Command::test, "test", "",
                groups(OptionGroup::folder, OptionGroup::scratch, OptionGroup::rehearsing),
                "every migration up, down and up again on an empty database; schema and rows are compared"},
    CommandSpec{Command::dump, "dump", "", 0, "print the schema as SQL, without what is turntable's own"},
    CommandSpec{Command::drift, "drift", "", groups(OptionGroup::drifting, OptionGroup::scratch),
                "compare the schema with what the applied migrations made"},
    CommandSpec{Command::import_history, "import", "TOOL",
                groups(OptionGroup::folder, OptionGroup::dry_run, OptionGroup::importing),
                "begin with the history and the SQL files of another tool"},
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
