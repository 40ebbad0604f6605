#pragma once
// What one call of the program asks for, after the command line and before anything is read or connected.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace turntable::cli {

enum class OutputFormat { text, json, github, sarif }; // the last two: lint
enum class ProgressStyle { automatic, bar, plain, json, none };
enum class Verbosity { quiet, normal, verbose };

struct Globals {
    std::optional<std::string> url, config, env;
    OutputFormat format = OutputFormat::text;
    ProgressStyle progress = ProgressStyle::automatic;
    Verbosity verbosity = Verbosity::normal;
};

enum class Command {
    alter,
    plan,
    audit,
    conversions,
    revert,
    finalize,
    jobs,
    pause,
    resume,
    set,
    cutover,
    abort,
    new_migration,
    up,
    down,
    status,
    current,
    history,
    verify,
    mark,
    baseline,
    repair,
    lock,
    test,
    dump,
    drift,
    import_history,
    demo,
    lint,
    help,
    version
};

// Texts as they were given, in order; change/parse.hpp reads them.
struct ChangeWords {
    std::vector<std::string> alter_clauses, conversions, files;
};

// Option or setting name and the text given for it.
using NamedText = std::pair<std::string, std::string>;

struct LintWords {
    std::vector<std::string> files; // to look at; none: all
    std::vector<std::string> engines;
    std::optional<std::string> git_base, fail_on;
};

// Of the commands on migrations, as given.
struct MigrateWords {
    std::vector<std::string> words; // after the command: TARGET, VERSION, DESCRIPTION
    std::optional<std::string> dir, phase, expect, reason, accept, lock_wait, scratch, backup;
    std::vector<std::string> allow, ack, approve;
    bool sql = false, check = false, write_sum = false, release = false;
    bool statement_done = false, statement_not_done = false;
    std::optional<std::string> from_diff, fix; // new
    std::optional<std::string> from, table;    // from: test, import; table: import
    bool record = false;                       // drift
    bool as_baseline = false;                  // import
};

struct Invocation {
    Globals globals;
    Command command = Command::help;
    std::string table;               // alter, plan
    std::string job;                 // revert, finalize, pause, resume, set, cutover, abort
    ChangeWords change;              // alter, plan
    std::vector<NamedText> settings; // alter, plan: settings given on the command line
    std::vector<NamedText> steer;    // set: KEY=VALUE
    std::vector<std::string> passed; // demo: the words after the command
    LintWords lint;
    std::string text; // help: what to print
    MigrateWords migrate;
    bool execute = false; // alter
    bool yes = false;     // alter
    bool probe = false;   // plan
    bool dry_run = false; // revert, finalize
    bool due = false;     // finalize
};

// `plan` of a change of a table, not of migrations.
[[nodiscard]] inline bool asks_for_table(const Invocation& invocation) {
    return !invocation.change.alter_clauses.empty() || !invocation.change.conversions.empty() ||
           !invocation.change.files.empty();
}

} // namespace turntable::cli
