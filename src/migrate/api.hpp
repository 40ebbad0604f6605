#pragma once
// What the command line (and an embedding program) can ask of migrations. Every call opens its own sessions
// and throws Error or DatabaseError; the state is in the target database.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrate/env.hpp"
#include "migrate/lineup.hpp"
#include "migrate/migrator.hpp"
#include "migrate/policy.hpp"

namespace turntable::migrate {

struct UpOptions {
    std::string folder, target = "head";
    std::optional<DeployPhase> phase; // only migrations of this phase, or of none
    bool allow_out_of_order = false;
    std::vector<std::string> acknowledged; // versions whose `manual` a person has done
    Policy policy;                         // of the environment
    std::optional<std::string> backup;     // a new file, or a folder for one, written before the first change
};
struct DownOptions {
    std::string folder, target = "-1";
    Migrator::Lossy lossy = Migrator::Lossy::refused;
    bool allow_base = false;
    std::optional<std::string> backup;
};

struct RunResult {
    std::vector<Done> done;
    std::string current;     // newest applied version; "": none
    std::size_t pending = 0; // not applied yet
    std::string backup;      // the file that was written; "": none
};

// Waits for another runner, then does what is left to do; nothing left is no error.
[[nodiscard]] RunResult up(const Env& env, const UpOptions& options);
[[nodiscard]] RunResult down(const Env& env, const DownOptions& options);

// One migration as `status` shows it.
struct StatusLine {
    std::string version, slug, file, phase, error, who;
    UndoWords undo;
    Standing standing = Standing::pending;
    bool edited = false, out_of_order = false, missing = false;
    std::int64_t applied_ms = 0, steps = 0, steps_done = 0;
};
struct Status {
    std::vector<StatusLine> lines;
    std::string current; // newest applied version; "": none
    std::size_t applied = 0, pending = 0, unfinished = 0;
};
// Reads only; waits for nobody.
[[nodiscard]] Status status(const Env& env, const std::string& folder);
[[nodiscard]] std::vector<Event> history(const Env& env);
// Version and checksum of what is applied. Reads only.
[[nodiscard]] std::map<std::string, std::string> applied_checksums(const Env& env);

// What is wrong with the folder, and with it and the history; empty is right. Reads only.
[[nodiscard]] std::vector<std::string> verify(const Env& env, const std::string& folder);

// Changes the history and nothing else; the reason goes into it.
enum class Mark { applied, unapplied };
void mark(const Env& env, const std::string& folder, const std::string& version, Mark mark,
          const std::string& reason);
// Everything up to this version was there before turntable. Throws Error{refused} if the history is not
// empty.
std::size_t baseline(const Env& env, const std::string& folder, const std::string& version);

// The text of an applied migration is the file's from now on.
void accept_text(const Env& env, const std::string& folder, const std::string& version);
// What a person says about a statement of which the history cannot tell.
enum class StatementOutcome { done, not_done };
void settle_statement(const Env& env, StatementOutcome outcome);

[[nodiscard]] LeaseHolder lock_state(const Env& env);
// Takes the lease from whoever has it.
void release_lock(const Env& env);

// Drops the tables that were set aside and whose time is over; their names.
[[nodiscard]] std::vector<std::string> purge_due(const Env& env);

// Every migration of the folder up, down and up again, one after another, with the rows of its fixture; then
// all of them; on a database that holds nothing else. Those before `from` only go up. What differs, one
// sentence each; empty is right. Throws Error{refused, "not_empty"}.
struct RehearsalLine {
    std::string version, slug, undo;
    std::vector<std::string> findings;
    bool taken_back = false; // false: it has no way back, and says so
};
struct Rehearsal {
    std::vector<RehearsalLine> lines;
    std::vector<std::string> findings; // of all of them together
};
[[nodiscard]] Rehearsal rehearse(const Env& env, const std::string& folder, const std::string& from = "base");

// What `up` would do, as far as the schema of now can tell.
struct PlannedStep {
    std::string title, strategy, reason, undo;
    std::vector<Statement> statements;
};
struct PlannedMigration {
    std::string version, slug, description, docs, manual, phase;
    std::vector<PlannedStep> steps;
    std::string refusal; // why `up` would stop before it; "": it would not
};
[[nodiscard]] std::vector<PlannedMigration> plan(const Env& env, const UpOptions& options);
// What `down` would do, by what the history says.
[[nodiscard]] std::vector<PlannedMigration> plan_down(const Env& env, const DownOptions& options);

} // namespace turntable::migrate
