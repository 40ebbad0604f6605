#pragma once
// What is known of jobs, kept in the target database, so that any host can go on. Tables (prefix by the
// engine's JournalDialect), one row per job but for `chunk`:
//   job        plan, settings, state; written by the owner only, on condition of its epoch
//   target     which job holds a table: the second job on one table fails on its primary key
//   owner      the epoch that fences: share-locked by every chunk, replay batch and swap; raised by a
//   takeover heartbeat  a counter that a living owner raises every second, and the progress shown by `jobs`
//   control    messages to the owner: pause, cutover, abort, settings
//   chunk      the ledger of the copy
// Times are milliseconds since 1970 by the writing host's clock, for display; liveness looks at the counter.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "machine/state.hpp"
#include "turntable/engine.hpp"

namespace turntable::run {

struct JobRecord {
    std::string job, source_key, engine;
    std::string job_state; // word of JobState
    Blueprint blueprint;
    Settings settings;
    std::string origin;
    machine::State state;
    std::int64_t epoch = 0;
    std::int64_t created_ms = 0, updated_ms = 0, revert_until_ms = 0; // 0: none
};

struct Beat {
    std::int64_t beats = 0, at_ms = 0; // at_ms 0: released by its owner
    std::string progress;              // JSON of Progress
};

struct ControlRow {
    bool paused = false, cutover = false, abort = false;
    std::int64_t revision = 0;
    std::string overrides; // JSON object: setting -> value, as text
};

class Journal {
  public:
    explicit Journal(const JournalDialect& dialect) : dialect_(dialect) {}

    // Creates what is missing. Safe to run twice and by two at once.
    void ensure(Session& session) const;
    [[nodiscard]] bool exists(Session& session) const { return dialect_.exists(session); }

    // Throws Error{busy, "another_job"} naming the job that holds the table.
    void create(Session& session, const JobRecord& record, const std::string& host) const;
    // Throws Error{usage, "unknown_job"}.
    [[nodiscard]] JobRecord load(Session& session, const std::string& job) const;
    // Newest first.
    [[nodiscard]] std::vector<JobRecord> all(Session& session) const;
    // Saves state, origin, settings and job_state; throws Error{stopped, "fenced"} if the epoch is not the
    // record's.
    void save(Session& session, const JobRecord& record) const;
    // As save, inside the caller's transaction.
    void save_within(Session& session, const JobRecord& record) const;
    // Raises the epoch, waiting for the transactions that hold it shared. Returns the new epoch.
    [[nodiscard]] std::int64_t take_over(Session& session, const std::string& job, std::int64_t epoch,
                                         const std::string& host) const;
    // Share-locks the epoch row; throws Error{stopped, "fenced"} if it is another epoch.
    void fence(Session& session, const std::string& job, std::int64_t epoch) const;
    // Lets the next job have the table.
    void free_target(Session& session, const std::string& job) const;
    // The job that holds the table, if any.
    [[nodiscard]] std::optional<std::string> holder(Session& session, const std::string& source_key) const;

    // False: the epoch is not ours any more.
    [[nodiscard]] bool beat(Session& session, const std::string& job, std::int64_t epoch, std::int64_t now_ms,
                            const std::string& progress) const;
    void release(Session& session, const std::string& job, std::int64_t epoch) const;
    [[nodiscard]] Beat last_beat(Session& session, const std::string& job) const;

    [[nodiscard]] ControlRow control(Session& session, const std::string& job) const;
    enum class Message { pause, unpause, cutover, abort };
    void send(Session& session, const std::string& job, Message message) const;
    void override_setting(Session& session, const std::string& job, const std::string& key,
                          const std::string& value) const;

    [[nodiscard]] const JournalDialect& dialect() const { return dialect_; }

  private:
    [[nodiscard]] std::string table(std::string_view name) const { return dialect_.table(name); }
    void create_tables(Session& session) const;

    const JournalDialect& dialect_;
};

// JSON of what the journal keeps as text.
[[nodiscard]] std::string to_json(const machine::State& state);
[[nodiscard]] machine::State state_from_json(const std::string& text);
[[nodiscard]] std::string to_json(const Settings& settings);
[[nodiscard]] Settings settings_from_json(const std::string& text);

} // namespace turntable::run
