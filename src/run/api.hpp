#pragma once
// What the command line (and an embedding program) can ask of the machinery. Every call opens its own
// sessions from the engine, throws Error or DatabaseError, and leaves the state in the target database: any
// host can do the next call.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::run {

// The words of the contract (docs/commands.md, "jobs").
enum class JobState {
    planned,
    refused,
    running,
    paused,
    stopped, // resumable
    ready,   // waiting for `cutover`
    swapped, // revert window open
    reverted,
    finalized,
    aborted,
    failed
};
[[nodiscard]] std::string_view to_string(JobState state);

struct JobSeconds {
    double probe = 0, copy = 0, index = 0, replay = 0, verify = 0, swap = 0, total = 0;
};

struct ConversionOutcome {
    std::string column, rule;
    Rows exact = 0, rounded = 0, nulls = 0, rejected = 0;
    std::string sum_source, sum_target;
    std::string sum_error, largest_error; // in units of the target
};

// How a job stands or ended; the JSON object that alter, revert, finalize, resume print last.
struct Outcome {
    std::string job, table, strategy;
    JobState state = JobState::planned;
    Rows source_rows = 0, shadow_rows = 0, copied = 0, replayed = 0;
    bool verified = false;
    std::int64_t mismatches = 0;
    std::vector<ConversionOutcome> conversions;
    JobSeconds seconds;
    std::int64_t prepare_lock_ms = 0, swap_lock_ms = 0;
    std::optional<std::string> revert_until; // UTC, ISO 8601
    std::string reason;                      // why it is where it is, if not done: one sentence
    std::vector<Difference> differences;     // what verification found
    std::vector<Clash> clashes;              // rows that do not fit
    std::vector<std::string> findings;       // what the audit found, one sentence each with example keys
    // The exit code of the contract: 0 done, 3 refused by audit or differing, 4 limit, 6 stopped or ready, …
    int exit_code = 0;
};

// One line of `jobs`.
struct JobLine {
    std::string job, table, phase;
    JobState state = JobState::planned;
    bool owner_alive = false;
    Rows rows_done = 0, rows_total = 0;
    std::int64_t backlog = 0;
    std::optional<std::int64_t> eta_seconds;
    std::string reason;
    std::optional<std::string> revert_until;
    bool window_overdue = false;
    Bytes log_bytes = 0;
};

struct Progress {
    std::string job, table, phase;
    Rows rows_done = 0, rows_total = 0;
    double rows_per_second = 0;
    std::int64_t backlog = 0;
    std::optional<Seconds> eta;
    std::string reason; // why the work is held back, empty if it is not
};

// Told what happens, about once a second. Calls come from several threads, and two may come at once.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void progress(const Progress& progress) = 0;
    // Something a person should read: a lock not granted and by whom, a restart of the copy, …
    virtual void note(const std::string& text) = 0;
};

// Set by a signal handler; the driver stops cleanly (exit 6) at the next command boundary.
using StopFlag = std::function<bool()>;

// none: everything happens in the calling thread, in an order that repeats; for tests that count statements.
// plain: as background, but the chunks run on std::jthread and not in oneTBB, whose packaged library hides
// its synchronisation from ThreadSanitizer.
enum class Threads { background, plain, none };

struct Context {
    Engine& engine;
    Observer& observer;
    StopFlag stop;
    Clock& clock;
    Threads threads = Threads::background;
};

// Planning only; creates nothing. Throws Error{usage|refused|…}.
[[nodiscard]] Blueprint plan_change(Engine& engine, const ChangeRequest& request, const Settings& settings);

// The whole job: probe, prepare, …, swap. Returns when swapped, ready, refused, stopped or failed.
[[nodiscard]] Outcome execute(const Context& context, Blueprint blueprint, const Settings& settings);
// Un-pauses a live owner, or takes over from a dead one and runs to the end.
[[nodiscard]] Outcome resume(const Context& context, const std::string& job);
[[nodiscard]] Outcome revert(const Context& context, const std::string& job);
[[nodiscard]] Outcome finalize(const Context& context, const std::string& job);
// Every window that has run out (for cron); one outcome per job.
[[nodiscard]] std::vector<Outcome> finalize_due(const Context& context);
// Ends a job before its swap and leaves the source as it was found: by message if its owner lives (waits
// until it is done), else as its new owner.
[[nodiscard]] Outcome abort(const Context& context, const std::string& job);
// Lets a job that waits for it swap: by message if its owner lives (returns at once), else as its new owner.
[[nodiscard]] Outcome cutover(const Context& context, const std::string& job);

// Messages through the journal, obeyed by the owner within two seconds.
void request_pause(Engine& engine, const std::string& job);
// Keys: workers, chunk-time, max-lag, max-load, lock-timeout, throttle-query, throttle-file, cutover.
// Throws Error{usage} on an unknown key or a value out of range.
void request_set(Engine& engine, const std::string& job, const std::string& key, const std::string& value);

[[nodiscard]] std::vector<JobLine> jobs(Engine& engine);
// What revert or finalize would do, as planned statements; nothing is changed. Throws Error where the command
// would be refused, rows that do not fit and a table altered in the window included.
[[nodiscard]] std::vector<PlannedStatement> revert_script(Engine& engine, const std::string& job);
[[nodiscard]] std::vector<PlannedStatement> finalize_script(Engine& engine, const std::string& job);

} // namespace turntable::run
