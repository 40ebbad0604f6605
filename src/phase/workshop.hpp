#pragma once
// What the phases work with. The interfaces here are implemented in run/, so that a phase knows neither the
// journal's tables nor threads; tests run phases with inline implementations.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "machine/state.hpp"
#include "turntable/engine.hpp"

namespace turntable::phase {

// Which chunks of the copy are planned and copied. Rows of earlier passes (before a restart) do not count.
class Ledger {
  public:
    virtual ~Ledger() = default;
    // Chunks whose bounds are durable and whose copy is not, in order of number.
    [[nodiscard]] virtual std::vector<Chunk> unfinished(Session& session, std::int64_t pass) = 0;
    // The last planned chunk of the pass, if any: planning goes on at its upper bound.
    [[nodiscard]] virtual std::optional<Chunk> last(Session& session, std::int64_t pass) = 0;
    struct Totals {
        Rows rows = 0, logged = 0;
    };
    // Rows of the finished chunks of the pass.
    [[nodiscard]] virtual Totals totals(Session& session, std::int64_t pass) = 0;
    // Makes the bounds of a chunk durable, before it is copied.
    virtual void plan(Session& session, std::int64_t pass, const Chunk& chunk) = 0;
    // In the chunk's transaction.
    virtual void finish(Session& session, std::int64_t pass, const Chunk& chunk,
                        const CopiedChunk& copied) = 0;
    virtual void forget(Session& session, std::int64_t pass) = 0;
};

// A value that the new table could not hold.
struct SetAsideValue {
    std::string column, key; // key for people: "id=17"
    Cell original;
    std::string reason; // "rounded", "not_finite", "out_of_range", "rejected"
};

// The side table of quarantined values, one for all jobs of a database; outlives its jobs.
class SideTable {
  public:
    virtual ~SideTable() = default;
    // Safe to run twice. Not in a transaction.
    virtual void create(Session& session) = 0;
    // In the caller's transaction.
    virtual void keep(Session& session, std::int64_t chunk, const std::vector<SetAsideValue>& values) = 0;
    // The job's values of this chunk and of later ones. Nothing to do where there is no table.
    virtual void forget_from(Session& session, std::int64_t chunk) = 0;
    [[nodiscard]] virtual std::string name() const = 0;
};

// Sessions for concurrent work; a session that broke is not handed out again.
class SessionLender {
  public:
    virtual ~SessionLender() = default;
    using Lease = std::unique_ptr<Session, std::function<void(Session*)>>;
    [[nodiscard]] virtual Lease lend(SessionUse use) = 0;
};

// Serial in order -> parallel -> serial in order. `work` runs in parallel and returns what is to be done with
// its result, which then runs in the order of the source, one at a time.
class Pipeline {
  public:
    virtual ~Pipeline() = default;
    using Source = std::function<std::optional<Chunk>()>;
    using Landing = std::function<void()>;
    using Work = std::function<Landing(const Chunk&)>;
    // Returns when the source is exhausted and all is landed. The first exception of any stage ends the
    // source, is thrown after everything under way has ended. Work that was done is landed even then: it is
    // committed.
    virtual void run(int workers, const Source& source, const Work& work) = 0;
};

// Asked between chunks: may the work go on? Holds the caller back while the pace decision says so.
class Gate {
  public:
    virtual ~Gate() = default;
    // False: end the slice now (stop, pause, abort, a change of settings, lost ownership).
    [[nodiscard]] virtual bool pass() = 0;
    // After a chunk of this duration: on single-writer engines leaves room for waiting writers.
    virtual void yield_after(std::chrono::microseconds chunk) = 0;
};

// Told by the phases; becomes the progress shown and the journal's heartbeat.
struct Gauge {
    std::atomic<Rows> rows_done{0}, rows_total{0};
    std::atomic<std::int64_t> backlog{0};
};

// Decides sizes of chunks from their durations; one per kind of work, kept across slices. Thread-safe.
class Sizer {
  public:
    virtual ~Sizer() = default;
    [[nodiscard]] virtual Rows rows() const = 0;
    // asked: what the chunk was asked to hold, not what was found in it.
    virtual void measured(Rows asked, std::chrono::microseconds took) = 0;
    virtual void set_target(Millis target) = 0;
};

// What verification, probe and replay remember between their slices; lives as long as one run.
struct Memory {
    std::string probe_lower;
    bool probe_open = false, probe_exhausted = false;
    std::vector<RuleProbe> rules;
    std::vector<std::vector<ProbeExample>> examples; // one list per conversion
    Rows probed = 0;

    std::string verify_lower;
    bool verify_open = false, verify_exhausted = false;
    Rows verified_source = 0, verified_shadow = 0;
    std::int64_t verify_chunk_number = 0;
    Rows verify_planned_rows = 0;     // about
    std::vector<std::string> pending; // keys that were in the log
    std::vector<Difference> differences;
    std::vector<Clash> clashes;
    std::vector<Blocker> blockers;
    std::vector<machine::ConversionTotals> verified_sums;
    std::vector<machine::ConversionTotals> recounted;
    std::string recount_lower;
    bool recount_open = false, recount_exhausted = false;
    std::vector<std::string> findings; // sentences of the audit
    bool clash_only = false;           // the last replay pass wrote nothing and only clashed
};

struct Workshop {
    Engine& engine;
    const Blueprint& blueprint;
    std::string& origin; // of the copy; written by the origin step
    const Settings& settings;
    Session& control;
    Ledger& ledger;
    SideTable& side_table;
    SessionLender& sessions;
    Pipeline& pipeline;
    Gate& gate;
    Sizer& copy_sizer;
    Sizer& verify_sizer;
    Clock& clock;
    Memory& memory;
    Gauge& gauge;
    std::function<void(const std::string&)> note;
    // Share-locks the epoch row until the end of the transaction; throws Error{stopped,"fenced"} if it is not
    // ours.
    std::function<void(Session&)> fence;
    // Records the swap in the journal; given to the engine, which calls it where SwapRequest says.
    std::function<void(Session&, Direction)> record_swap;
    Millis slice{10'000}; // about how long one command may take
};

// The phases, one file each. They change the counters of `state`, never its step: that is absorb's.
[[nodiscard]] machine::Event probe_slice(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event create_objects(Workshop& shop);
[[nodiscard]] machine::Event install_capture(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event read_origin(Workshop& shop);
[[nodiscard]] machine::Event copy_slice(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event restart_copy(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event build_index(Workshop& shop, std::size_t number);
[[nodiscard]] machine::Event replay_slice(Workshop& shop, machine::State& state, Direction direction);
[[nodiscard]] machine::Event verify_slice(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event recheck_keys(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event try_swap(Workshop& shop, machine::State& state, Direction direction);
[[nodiscard]] machine::Event after_swap(Workshop& shop, machine::State& state, Direction direction);
[[nodiscard]] machine::Event set_aside(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event recount(Workshop& shop, machine::State& state);
[[nodiscard]] machine::Event probe_revert(Workshop& shop);
[[nodiscard]] machine::Event remove_capture(Workshop& shop, Direction direction);
[[nodiscard]] machine::Event retire_slice(Workshop& shop, const machine::State& state);
[[nodiscard]] machine::Event undo(Workshop& shop, const machine::State& state);
[[nodiscard]] machine::Event run_native(Workshop& shop, std::size_t number);

} // namespace turntable::phase
