#pragma once
// The seam between the job and a database. An engine is a set of small parts, one per phase
// (docs/protocol.md); a part is stateless and safe from any thread: everything it needs comes as arguments,
// everything it learns is returned. The caller owns transactions where a comment says "in the caller's
// transaction": it begins, fences by the owner epoch, calls the part, writes the ledger, commits. Elsewhere
// the part runs its own short transactions.
//
// Every statement goes through Session::run/begin/commit, so a decorator can fail it before or after it took
// effect: parts must never cast a Session to the engine's own type.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "turntable/blueprint.hpp"
#include "turntable/schema.hpp"
#include "turntable/sensor.hpp"
#include "turntable/session.hpp"
#include "turntable/settings.hpp"

namespace turntable {

enum class Direction {
    forward, // source -> shadow, before the swap
    back,    // new table -> old table, in the revert window
};

struct EngineTraits {
    std::string_view name; // "postgresql", "sqlite", "mysql", "mariadb"
    Millis chunk_time;     // default target duration of one chunk
    bool single_writer =
        false; // one writing session at a time (SQLite): copy with one worker, pause after chunks
    Rows first_chunk_rows = 1000; // size of the first chunk, before the sizer has measured any
    Rows replay_batch_keys = 10'000;
    bool backup = false; // Engine::backup() works
};

// A session that stands in the way of a lock.
struct Blocker {
    std::string session, user, application, state, query;
    Seconds age{0}; // of its transaction
};

struct LockBudget {
    Millis lock_timeout; // longest wait for the lock
    Millis hold;         // longest time to hold it
};

// One try to do something under a short lock.
struct LockOutcome {
    bool granted = false;
    std::vector<Blocker> blockers;   // if not granted
    Millis held{0};                  // if granted: how long the lock was held
    std::vector<std::string> left{}; // undo: what is not as it was found, one sentence each
};

// A half-open range of the source. lower and upper are the engine's own encoding; "" is open.
struct Chunk {
    std::int64_t number = 0;
    std::string lower, upper;
    Rows asked = 0; // set by the caller: about how many rows it asked for
};

struct CopiedChunk {
    Rows rows = 0;   // inserted into the shadow
    Rows logged = 0; // heap engines: rows left to the replay, their keys put into the log
};

// A key that could not be applied now: its row clashes with another row of the to-side, or the to-side
// refuses it.
struct Clash {
    std::string key;    // for people: "id=17"
    std::string reason; // the server's message, with the value
};

struct Replayed {
    std::int64_t entries = 0; // log entries consumed (0: none was visible)
    Rows written = 0, deleted = 0;
    std::vector<Clash> clashes; // re-queued in the same transaction
};

struct ColumnDifference {
    std::string column;
    Cell source, shadow; // the mapped source value, and what the shadow has
};
struct Difference {
    enum class Kind { missing, extra, differs };
    Kind kind = Kind::differs;
    std::string key; // for people
    std::vector<ColumnDifference> columns;
};

// Sums of one conversion over one range, as exact decimals in text; conversions.md, "The probe".
struct ConversionSums {
    std::string source, target, error; // error = sum of (target - source) in target units, of rounded rows
    Rows replaced = 0;                 // rows in `target` that have the replacement of a quarantined value
};

struct VerifiedChunk {
    Rows source_rows = 0, shadow_rows = 0; // counted in the chunk's snapshot, without keys pending in the log
    std::vector<std::string> pending;      // keys in the log, engine's encoding: compare after their replay
    std::vector<Difference> differences;   // at most example_keys_max are filled, difference_count has all
    std::int64_t difference_count = 0;
    std::vector<ConversionSums> sums; // one per Blueprint::conversions
};

struct ProbeExample {
    std::string
        finding; // "rounded", "not_finite", "out_of_range", "rejected", "null", "duplicate", "orphan", …
    std::string key;
    Cell value;
};
struct ConversionProbe {
    Rows nulls = 0, exact = 0, rounded = 0, not_finite = 0, out_of_range = 0, rejected = 0;
    std::string sum_source, sum_target, sum_error,
        largest_error; // exact decimals in text, "" where meaningless
    std::vector<ProbeExample> examples;
};
// A rule that data may break, other than a conversion: NOT NULL over nulls, CHECK, UNIQUE, foreign key,
// length.
struct RuleProbe {
    std::string rule;    // "not_null", "check", "unique", "foreign_key", "length", "range", "charset", "enum"
    std::string subject; // column or constraint
    Rows violations = 0;
    std::vector<ProbeExample> examples;
};
struct ProbedChunk {
    Rows rows = 0;
    std::vector<ConversionProbe> conversions; // one per Blueprint::conversions
    std::vector<RuleProbe> rules;
};

struct PlanOptions {
    Settings settings;
};

// inspect and plan
class Planner {
  public:
    virtual ~Planner() = default;
    // Reads the catalogue, refuses what is not handled (Error{refused} naming the objects), chooses the
    // strategy. Leaves nothing behind in the database. session: control.
    [[nodiscard]] virtual Blueprint plan(Session& session, const ChangeRequest& request,
                                         const PlanOptions& options) const = 0;
    // What differs in the catalogue from what it must be now, one sentence each; empty is right.
    enum class Moment { swapped, reverted, finalized, aborted };
    [[nodiscard]] virtual std::vector<std::string>
    unexpected_changes(Session& session, const Blueprint& blueprint, Moment moment) const = 0;
};

// probe; read-only
class Prober {
  public:
    virtual ~Prober() = default;
    // The next range of the source by key, of about `rows` rows; nullopt past the end, and at once if nothing
    // in the blueprint needs a scan.
    [[nodiscard]] virtual std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                          const std::string& lower, Rows rows) const = 0;
    [[nodiscard]] virtual ProbedChunk probe_chunk(Session& session, const Blueprint& blueprint,
                                                  const Chunk& chunk, int example_keys_max) const = 0;
    // The blueprint with the retired source in the source's place and without rules: what next_chunk and
    // probe_chunk need to read the old table after the swap. It is at rest then.
    [[nodiscard]] virtual Blueprint over_old_table(const Blueprint& blueprint) const = 0;
    // Rules that need the whole table at once: duplicates, orphans.
    [[nodiscard]] virtual std::vector<RuleProbe> probe_whole(Session& session, const Blueprint& blueprint,
                                                             int example_keys_max) const = 0;
};

// prepare, and its undoing
class Preparer {
  public:
    virtual ~Preparer() = default;
    // Shadow and logs; no lock on the source. Safe to run twice. Throws Error{refused} if a foreign object
    // has a name.
    virtual void create_objects(Session& session, const Blueprint& blueprint) const = 0;
    // One try to install the triggers on the source. Safe to run twice.
    [[nodiscard]] virtual LockOutcome install_capture(Session& session, const Blueprint& blueprint,
                                                      const LockBudget& budget) const = 0;
    // One try to remove everything of this job that exists, before the swap. Safe to run twice. The source is
    // left exactly as it was found.
    [[nodiscard]] virtual LockOutcome undo(Session& session, const Blueprint& blueprint,
                                           const LockBudget& budget) const = 0;
    // Whether undo() would now bring back a rule without looking at the rows. It shows no more once the rule
    // is there, so the driver keeps the answer in the journal before it calls undo().
    [[nodiscard]] virtual bool undo_restores_rules(Session& session, const Blueprint& blueprint) const {
        static_cast<void>(session);
        static_cast<void>(blueprint);
        return false;
    }
    // Rows that came in while such a rule was away and break it, one sentence for each rule.
    [[nodiscard]] virtual std::vector<std::string> broken_rules(Session& session,
                                                                const Blueprint& blueprint) const {
        static_cast<void>(session);
        static_cast<void>(blueprint);
        return {};
    }
};

// What checking the source found, at chunks and under the lock.
enum class Drift {
    none,
    restart_copy, // rewritten, truncated, capture tampered with: what was copied proves nothing
    stop,         // its definition changed: stop and clean up
};
struct DriftReport {
    Drift drift = Drift::none;
    std::string reason;
};

// copy
class Copier {
  public:
    virtual ~Copier() = default;
    // Reads, after the capture is in place, what the copy refers to: block count and X0, table id, …
    // Engine-private JSON, saved in the journal and given to the calls below. Called again after a restart of
    // the copy.
    [[nodiscard]] virtual std::string origin(Session& session, const Blueprint& blueprint) const = 0;
    // The next range of the source of about `rows` rows; nullopt past the end. Reads only.
    [[nodiscard]] virtual std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                          const std::string& origin, const std::string& lower,
                                                          Rows rows) const = 0;
    // How many of `workers` sessions copy from now on; asked again every few seconds. Fewer where copying
    // sessions that work at the same time would hold the application up.
    [[nodiscard]] virtual int sessions(Session&, int workers) const { return workers; }
    // In the caller's transaction (write). Throws Error{refused,"source_changed"} only through check_source's
    // reasons: it returns drift instead of copying where the source is not what origin saw.
    [[nodiscard]] virtual std::variant<CopiedChunk, DriftReport> copy_chunk(Session& session,
                                                                            const Blueprint& blueprint,
                                                                            const std::string& origin,
                                                                            const Chunk& chunk) const = 0;
    // Compares the source, its capture and the shadow with blueprint and origin.
    [[nodiscard]] virtual DriftReport check_source(Session& session, const Blueprint& blueprint,
                                                   const std::string& origin) const = 0;
    // Empties the shadow for a restart of the copy. In the caller's transaction where the engine can.
    virtual void empty_shadow(Session& session, const Blueprint& blueprint) const = 0;
};

// index
class Indexer {
  public:
    virtual ~Indexer() = default;
    // What to build on the shadow after the copy, in order; the key index first. The last steps gather
    // statistics.
    [[nodiscard]] virtual std::vector<Statement> steps(const Blueprint& blueprint) const = 0;
    // The steps from n on whose bulk may be built beside each other now, by at most sessions_max sessions;
    // the engine judges what the load allows. Fewer than two: one step after the other.
    [[nodiscard]] virtual std::vector<std::size_t>
    beside_each_other(Session& session, const Blueprint& blueprint, std::size_t n, int sessions_max) const {
        static_cast<void>(session);
        static_cast<void>(blueprint);
        static_cast<void>(n);
        static_cast<void>(sessions_max);
        return {};
    }
    // The bulk of step n, in one of `sessions` sessions that build; build() completes it. Safe to run twice.
    virtual void build_beside(Session& session, const Blueprint& blueprint, std::size_t n,
                              int sessions) const {
        static_cast<void>(session);
        static_cast<void>(blueprint);
        static_cast<void>(n);
        static_cast<void>(sessions);
    }
    // Runs step n. Safe to run twice: a finished step is recognised by the catalogue, an invalid leftover
    // rebuilt.
    virtual void build(Session& session, const Blueprint& blueprint, std::size_t n) const = 0;
    // Fraction done of the step that another session is running, where the server tells.
    [[nodiscard]] virtual std::optional<double> progress(Session& session,
                                                         const Blueprint& blueprint) const = 0;
};

// replay
class Replayer {
  public:
    virtual ~Replayer() = default;
    // Entries waiting, at most `limit` are counted.
    [[nodiscard]] virtual std::int64_t backlog(Session& session, const Blueprint& blueprint,
                                               Direction direction, std::int64_t limit) const = 0;
    // In the caller's transaction (write): takes a batch of about keys_max visible entries, makes the to-side
    // equal to the from-side for their keys, deletes exactly those entries.
    [[nodiscard]] virtual Replayed replay_batch(Session& session, const Blueprint& blueprint,
                                                Direction direction, Rows keys_max) const = 0;
};

// verify
class Verifier {
  public:
    virtual ~Verifier() = default;
    // Ranges by key, over both sides; the first is open below, the last open above.
    [[nodiscard]] virtual std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                          const std::string& lower, Rows rows) const = 0;
    // In the caller's transaction (snapshot): equal means the same image. Keys in the log are left out on
    // both sides.
    [[nodiscard]] virtual VerifiedChunk verify_chunk(Session& session, const Blueprint& blueprint,
                                                     const Chunk& chunk, int differences_max) const = 0;
    // As verify_chunk, for pending keys of earlier chunks.
    [[nodiscard]] virtual VerifiedChunk verify_keys(Session& session, const Blueprint& blueprint,
                                                    const std::vector<std::string>& keys,
                                                    int differences_max) const = 0;
};

struct SwapRequest {
    const Blueprint& blueprint;
    const std::string& origin;
    Direction direction = Direction::forward; // back: revert
    LockBudget budget;
    bool allow_old_snapshots = false;
    bool keep_old = true;                    // forward: leave the reverse capture in place
    const std::vector<std::string>& recheck; // pending keys never verified online: compared under the lock
    // Called inside the swap's transaction, first and last: fence by the owner epoch; record the new state.
    // Where DDL commits implicitly, record is called right after the swap and the intent was recorded before.
    std::function<void(Session&)> fence;
    std::function<void(Session&)> record;
};

struct SwapOutcome {
    enum class Kind {
        done,
        lock_not_granted, // blockers
        over_budget,      // the drain took longer than the budget; replay online and try again
        old_snapshots,    // blockers hold snapshots older than the copy
        drifted,          // drift
        differs,          // differences found under the lock: nothing was swapped
        clashes,          // rows that the to-side refuses: nothing was swapped
        outcome_unknown,  // the connection went away during the commit: ask where_is()
    };
    Kind kind = Kind::lock_not_granted;
    Millis held{0};
    Rows drained = 0;
    std::vector<Blocker> blockers;
    DriftReport drift;
    std::vector<Difference> differences;
    std::vector<Clash> clashes;
};

// What the catalogue says about a job whose last answer was lost.
enum class Placement {
    untouched, // the source has its name, no capture of ours
    captured,  // the source has its name, our triggers are on it
    swapped,   // the new table has the name, the old one is kept
    reverted,  // swapped and swapped back
    finalized, // swapped, the old table is gone
    inconsistent
};

// swap and revert
class Swapper {
  public:
    virtual ~Swapper() = default;
    // One try. sessions: for engines whose swap needs more than one.
    [[nodiscard]] virtual SwapOutcome swap(SessionSource& sessions, Session& session,
                                           const SwapRequest& request) const = 0;
    [[nodiscard]] virtual Placement where_is(Session& session, const Blueprint& blueprint) const = 0;
    // Work to do online right after a swap: validate constraints, statistics. Safe to run twice.
    virtual void after_swap(Session& session, const Blueprint& blueprint, Direction direction) const = 0;
    // Compares the new table with what the swap left; what was hung on it since would be lost with it on the
    // way back. Reads only; the swap back looks again under its lock.
    [[nodiscard]] virtual DriftReport check_window(Session& session, const Blueprint& blueprint) const = 0;
    // Rows changed since the swap that do not fit the old shape; read-only. Empty: revert may start.
    [[nodiscard]] virtual std::vector<Clash> probe_revert(Session& session, const Blueprint& blueprint,
                                                          int example_keys_max) const = 0;
};

// finalize
class Retirer {
  public:
    virtual ~Retirer() = default;
    // One try to remove the triggers, functions and logs of the window, after swap or revert. Safe to run
    // twice.
    [[nodiscard]] virtual LockOutcome remove_capture(Session& session, const Blueprint& blueprint,
                                                     Direction swapped, const LockBudget& budget) const = 0;
    // Retires the table that is no longer used (direction forward: the old one; back: the new one) by one
    // slice of about `rows` rows; true when it is gone. Safe to run twice.
    [[nodiscard]] virtual bool retire_slice(Session& session, const Blueprint& blueprint, Direction swapped,
                                            Rows rows) const = 0;
    // keep=yes, after all that: old columns that are still there because the engine cannot drop them in a
    // moment, as a change of its own.
    [[nodiscard]] virtual std::optional<ChangeRequest> left_to_drop(Session& session,
                                                                    const Blueprint& blueprint) const {
        static_cast<void>(session);
        static_cast<void>(blueprint);
        return std::nullopt;
    }
};

// instant and online strategies: the statements of Blueprint::script in Phase::native, one by one
class NativeRunner {
  public:
    virtual ~NativeRunner() = default;
    [[nodiscard]] virtual bool done(Session& session, const Blueprint& blueprint, std::size_t n) const = 0;
    // One try of statement n. Safe to run twice; an invalid leftover is detected and rebuilt.
    [[nodiscard]] virtual LockOutcome run(Session& session, const Blueprint& blueprint, std::size_t n,
                                          const LockBudget& budget) const = 0;
};

// Where and how the journal is kept; the journal's own statements are generic (run/journal.cpp).
class JournalDialect {
  public:
    virtual ~JournalDialect() = default;
    // "turntable.job" or "_turntable_job", quoted as needed.
    [[nodiscard]] virtual std::string table(std::string_view name) const = 0;
    // Column types by use: integer (64 bit), text (unbounded), key_text (indexable, up to 190 characters,
    // exact and case-sensitive comparison).
    [[nodiscard]] virtual std::string_view integer_type() const = 0;
    [[nodiscard]] virtual std::string_view text_type() const = 0;
    [[nodiscard]] virtual std::string_view key_text_type() const = 0;
    // Statements before the first CREATE TABLE (a schema), and the options after its closing parenthesis.
    [[nodiscard]] virtual std::vector<std::string> prologue() const = 0;
    [[nodiscard]] virtual std::string table_options() const = 0;
    // Appended to a SELECT by primary key so that it share-locks the row until the end of the transaction (""
    // where a write transaction excludes all others).
    [[nodiscard]] virtual std::string_view share_lock() const = 0;
    // True if the journal's tables exist. Never creates them.
    [[nodiscard]] virtual bool exists(Session& session) const = 0;
    // Ends orphan sessions of this job's earlier owner, so that a takeover does not wait for a dead client.
    virtual void end_orphans(Session& session, const std::string& job) const = 0;
};

class Engine : public SessionSource {
  public:
    [[nodiscard]] virtual const EngineTraits& traits() const = 0;
    // Names sessions opened from now on ("turntable JOB worker"), so that orphans can be found.
    virtual void name_sessions(const std::string& job) = 0;
    // Refuses what can never work before anything is touched: unsupported version, standby, pooler in
    // transaction mode.
    virtual void check_server(Session& session) const = 0;
    // A verified copy of the whole database in a new file, while others write. Throws Error{usage,
    // "backup_exists"}, Error{busy}, Error{failed, "backup_damaged"}; Error{refused, "no_backup"} where
    // traits().backup is false.
    virtual void backup(const std::string& path) const {
        throw Error{ErrorKind::refused, "no_backup", "--backup is for SQLite: not written to " + path}.next(
            "take a backup with the server's own tools");
    }

    [[nodiscard]] virtual const JournalDialect& journal() const = 0;
    [[nodiscard]] virtual const Planner& planner() const = 0;
    [[nodiscard]] virtual const Prober& prober() const = 0;
    [[nodiscard]] virtual const Preparer& preparer() const = 0;
    [[nodiscard]] virtual const Copier& copier() const = 0;
    [[nodiscard]] virtual const Indexer& indexer() const = 0;
    [[nodiscard]] virtual const Replayer& replayer() const = 0;
    [[nodiscard]] virtual const Verifier& verifier() const = 0;
    [[nodiscard]] virtual const Swapper& swapper() const = 0;
    [[nodiscard]] virtual const Retirer& retirer() const = 0;
    [[nodiscard]] virtual const NativeRunner& native() const = 0;
    [[nodiscard]] virtual const SchemaDialect& schema() const = 0;
    // The engine's sensors that these settings ask for (replica lag, active sessions, WAL size, …).
    [[nodiscard]] virtual std::vector<std::unique_ptr<Sensor>> sensors(const Settings& settings) const = 0;
};

} // namespace turntable
