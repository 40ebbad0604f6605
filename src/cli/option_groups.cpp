#include "cli/option_groups.hpp"

#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/core.h>

#include "cli/setting_options.hpp"

namespace turntable::cli {
namespace {

namespace po = boost::program_options;

constexpr unsigned line_length = 110;

void add_text(po::options_description& options, const char* name, const char* argument, const char* help) {
    options.add_options()(name, po::value<std::string>()->value_name(argument), help);
}

void add_list(po::options_description& options, const char* name, const char* argument, const char* help) {
    options.add_options()(name, po::value<std::vector<std::string>>()->composing()->value_name(argument),
                          help);
}

void add_flag(po::options_description& options, const char* name, const char* help) {
    options.add_options()(name, po::bool_switch(), help);
}

void add_change_options(po::options_description& options) {
    add_list(options, "alter", "CLAUSE", "ALTER TABLE clauses in the engine's own words; repeatable");
    add_list(options, "convert", "COLUMN=RULE[,K=V]",
             "convert the values of a column (docs/conversions.md); repeatable");
    add_list(options, "change", "FILE", "typed operations in TOML; repeatable");
}

void add_setting_options(po::options_description& options) {
    for (const SettingOption& option : setting_options()) {
        const std::string name{option.name};
        const std::string help{option.help};
        if (option.argument.empty()) {
            add_flag(options, name.c_str(), help.c_str());
        } else {
            add_text(options, name.c_str(), std::string{option.argument}.c_str(), help.c_str());
        }
    }
}

struct TextOption {
    OptionGroup group;
    const char *name, *argument, *help; // argument "": a flag
};
constexpr TextOption migrate_options[] = {
    {OptionGroup::folder, "dir", "FOLDER", "of the migrations (default migrations)"},
    {OptionGroup::migrating, "lock-wait", "DURATION", "how long to wait for another runner (default 1h)"},
    {OptionGroup::migrating, "backup", "FILE|FOLDER",
     "SQLite: a verified copy of the database before the first change"},
    {OptionGroup::forward, "phase", "expand|contract", "only migrations of this phase, or of none"},
    {OptionGroup::new_file, "sql", "", "a file of raw SQL"},
    {OptionGroup::checking, "check", "", "exit 3 if anything is pending or unfinished"},
    {OptionGroup::checking, "expect", "VERSION", "exit 3 if this version is not applied"},
    {OptionGroup::sum, "write-sum", "", "write the integrity file anew"},
    {OptionGroup::reason, "reason", "TEXT", "why, for the history"},
    {OptionGroup::repairing, "accept", "VERSION", "take the edited file for what was applied"},
    {OptionGroup::repairing, "statement-done", "", "the statement in hand took effect"},
    {OptionGroup::repairing, "statement-not-done", "", "the statement in hand did not take effect"},
    {OptionGroup::scratch, "scratch", "URL", "an empty database to test on; not the one of --url"},
    {OptionGroup::written, "from-diff", "WANTED",
     "what makes the migrations' schema that of a database (URL) or of a file of SQL; needs --scratch"},
    {OptionGroup::written, "fix", "VERSION", "what takes this applied migration back, as one of its own"},
    {OptionGroup::drifting, "record", "", "take the schema as it is for what the migrations made"},
    {OptionGroup::importing, "from", "FOLDER", "the files of the other tool"},
    {OptionGroup::importing, "table", "NAME", "of its history, if it is not the usual one"},
    {OptionGroup::importing, "as-baseline", "",
     "one migration, the schema as it is, for all that are applied"},
    {OptionGroup::rehearsing, "from", "base|VERSION", "what is before it only goes up (default base)"},
    {OptionGroup::releasing, "release", "", "take the lease from whoever has it"},
};

void add_migrate_options(const CommandSpec& spec, po::options_description& options) {
    for (const TextOption& option : migrate_options) {
        if (has_group(spec, option.group)) {
            if (*option.argument == '\0') {
                add_flag(options, option.name, option.help);
            } else {
                add_text(options, option.name, option.argument, option.help);
            }
        }
    }
    if (has_group(spec, OptionGroup::migrating)) {
        add_list(options, "allow", "WORD", "out-of-order, lossy or base; repeatable");
    }
    if (has_group(spec, OptionGroup::forward)) {
        add_list(options, "approve", "VERSION",
                 "its data operations may run where data_ops is approve; repeatable");
        add_list(options, "ack", "VERSION", "what this migration wants done by hand is done; repeatable");
    }
}

} // namespace

po::options_description global_options() {
    po::options_description options{"Global options", line_length};
    add_text(options, "url,u", "URL",
             "the database (default: TURNTABLE_URL, then DATABASE_URL, then the configuration)");
    add_text(options, "config,c", "FILE", "configuration (default: turntable.toml, if there is one)");
    add_text(options, "env,e", "NAME", "use [env.NAME] of the configuration");
    add_text(options, "format", "text|json",
             "of results on stdout (default text); lint also has github and sarif");
    add_text(options, "progress", "auto|bar|plain|json|none",
             "of progress on stderr (default auto: a bar on a terminal, else plain)");
    add_flag(options, "quiet,q", "results and errors only");
    add_flag(options, "verbose,v", "more about what is going on");
    add_flag(options, "help,h", "this help, or that of a command");
    add_flag(options, "version", "name and version of the program");
    return options;
}

po::options_description options_of(const CommandSpec& spec) {
    po::options_description options{fmt::format("Options of {}", spec.name), line_length};
    if (has_group(spec, OptionGroup::change)) {
        add_change_options(options);
    }
    if (has_group(spec, OptionGroup::execute)) {
        add_flag(options, "execute", "do it; without this only the plan is printed");
        add_flag(options, "yes", "do not ask for confirmation on a terminal");
    }
    if (has_group(spec, OptionGroup::probe)) {
        add_flag(options, "probe",
                 "also scan the rows, read-only, and count what the change would do to them");
    }
    if (has_group(spec, OptionGroup::settings)) {
        add_setting_options(options);
    }
    if (has_group(spec, OptionGroup::dry_run)) {
        add_flag(options, "dry-run", "print what would be done and change nothing");
    }
    if (has_group(spec, OptionGroup::lint)) {
        add_list(options, "engine", "NAME",
                 "whose SQL it is: postgresql, mysql, mariadb, sqlite; repeatable (default: engines of "
                 "[lint], then "
                 "the database's)");
        add_text(options, "git-base", "REV",
                 "look only at what changed since this revision, and at its being changed");
        add_text(options, "fail-on", "SEVERITY",
                 "exit 3 from this severity on: error (default), warning, info");
    }
    if (has_group(spec, OptionGroup::due)) {
        add_flag(options, "due", "every job whose revert window has run out (for cron)");
    }
    add_migrate_options(spec, options);
    return options;
}

po::options_description every_option() {
    po::options_description all = global_options();
    for (const CommandSpec& spec : command_table()) {
        const po::options_description own = options_of(spec);
        for (const auto& option : own.options()) {
            if (all.find_nothrow(option->long_name(), false, false, false) == nullptr) {
                all.add(option);
            }
        }
    }
    return all;
}

} // namespace turntable::cli
