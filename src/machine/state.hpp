#pragma once
// Where a job is, what it does next, and what happened: plain values. decide(), absorb() and recover() are
// pure, so the whole order of a change can be tested without a database. The driver (run/driver.hpp) saves
// the state, asks decide, performs the command, absorbs the event.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::machine {

// The steps of a job; each belongs to one phase of docs/protocol.md. The journal keeps the word.
enum class Step {
    probe,
    native,      // instant and online strategies: the statements one by one
    second_look, // after them, where the server took the rows unseen: the probe once more
    create,
    capture,
    origin,
    copy,
    restart_copy,
    index,
    replay,
    verify,
    recheck, // keys that were in the log when their chunk was verified
    swap,
    after_swap,
    set_aside, // quarantine: what the new table could not hold, from the old one
    recount,   // the totals as they were at the swap, from the old table
    window,    // the revert window is open, nothing runs
    revert_probe,
    revert_replay,
    revert_swap,
    after_revert,
    revert_uncapture,
    reverted,
    uncapture, // finalize: triggers and logs of the window go
    retire,
    undo, // abort, or a failure before the swap
    finalized,
    aborted,
    refused,
    failed
};
[[nodiscard]] std::string_view to_string(Step step);
[[nodiscard]] Step step_from_string(std::string_view word); // throws Error{needs_repair}
[[nodiscard]] Phase phase_of(Step step);
// Nothing is left to do unless a person asks (window, reverted) or ever (finalized, aborted, refused,
// failed).
[[nodiscard]] bool at_rest(Step step);
// From here on the new table has the name.
[[nodiscard]] bool swapped(Step step);

struct ConversionTotals {
    Rows nulls = 0, exact = 0, rounded = 0, not_finite = 0, out_of_range = 0, rejected = 0;
    Rows quarantined = 0; // of the table as it was at the swap
    std::string sum_source = "0", sum_target = "0", sum_error = "0", largest_error = "0";
};

// What the journal keeps of a job's progress. Verification is not kept: a run that swaps has verified by
// itself.
struct State {
    Step step = Step::probe;
    std::int64_t copy_pass = 0; // counts restarts; ledger rows of earlier passes do not count
    bool copy_exhausted = false;
    std::size_t step_number = 0; // next index or native statement
    Rows copied = 0, logged = 0, replayed = 0;
    Rows totals_at = -1; // what `replayed` was when the verification began to take the totals; -1: none did
    Rows source_rows = 0, shadow_rows = 0;
    bool verified = false;
    std::int64_t mismatches = 0;
    int recheck_rounds = 0;
    std::int64_t recheck_left = 0; // keys to compare under the swap's lock
    bool reverted = false;         // swapped back; finalize then retires the new table
    std::int64_t swap_tries = 0;
    std::int64_t capture_tries = 0;
    std::int64_t prepare_lock_ms = 0, swap_lock_ms = 0;
    std::vector<ConversionTotals> conversions;
    double seconds_probe = 0, seconds_copy = 0, seconds_index = 0, seconds_replay = 0, seconds_verify = 0,
           seconds_swap = 0, seconds_total = 0;
    std::string reason;                // why it stands where it stands
    std::int64_t set_aside_chunks = 0; // quarantine: how far the old table was read
    std::string set_aside_lower;
    std::string side_table;         // its name, once values are kept there
    std::int64_t swapped_at_ms = 0; // wall clock, 0: not swapped
    int failure_exit = 0;           // exit code to leave with when the undoing is done
    bool rules_were_away = false;   // when the undoing began: their rows are looked at after it
};

// What decide() needs to know besides the state and cannot change.
struct Plan {
    Strategy strategy = Strategy::shadow;
    std::size_t native_statements = 0, index_steps = 0;
    bool second_look = false; // the probe once more after the native statements
    bool keep_old = true;
    bool verify = true;
    bool quarantine = false; // rejected values go to a side table
    bool totals = false;     // a conversion's sums are conserved, and told
    bool hold_swap = false;  // --cutover manual, and nobody has asked for the cutover yet
};

// What is to be done now. Bounded: about ten seconds of work at the most, but for single statements.
struct ProbeSlice {};
struct RunNative {
    std::size_t number;
};
struct CreateObjects {};
struct InstallCapture {};
struct ReadOrigin {};
struct CopySlice {};
struct RestartCopy {};
struct BuildIndex {
    std::size_t number;
};
struct ReplaySlice {
    Direction direction;
};
struct VerifySlice {};
struct RecheckKeys {};
struct TrySwap {
    Direction direction;
};
struct AfterSwap {
    Direction direction;
};
struct SetAside {};
struct Recount {};
struct ProbeRevert {};
struct RemoveCapture {
    Direction direction;
};
struct RetireSlice {};
struct Undo {};
struct Rest {};
using Command =
    std::variant<ProbeSlice, RunNative, CreateObjects, InstallCapture, ReadOrigin, CopySlice, RestartCopy,
                 BuildIndex, ReplaySlice, VerifySlice, RecheckKeys, TrySwap, AfterSwap, SetAside, Recount,
                 ProbeRevert, RemoveCapture, RetireSlice, Undo, Rest>;

// What came of a command.
struct Done {};       // the step is complete
struct More {};       // the slice ended, the step goes on
struct NotGranted {}; // a lock was not granted, or the swap was put off: try again (the driver waits)
struct CaughtUp {     // replay: nothing but a small rest was waiting
};
struct ProbeRefused {
    std::string reason;
};
struct SourceDrifted {
    DriftReport report;
};
struct Differs { // verification, or the swap under its lock, found differences
    std::int64_t count;
};
struct DoesNotFit { // rows that the to-side refuses
    std::string reason;
};
struct PendingLeft { // recheck: these many keys were in the log again
    std::int64_t keys;
};
struct Swapped {
    std::int64_t at_ms;
    Direction direction;
};
struct Located { // an unknown outcome was looked up
    Placement placement;
};
struct RulesAway {}; // the undoing would bring back rules that the rows were not held to meanwhile
struct AbortAsked {};
struct Failed {
    std::string reason;
    int exit_code;
};
using Event = std::variant<Done, More, NotGranted, CaughtUp, ProbeRefused, SourceDrifted, Differs, DoesNotFit,
                           PendingLeft, Swapped, Located, RulesAway, AbortAsked, Failed>;

[[nodiscard]] Command decide(const State& state, const Plan& plan);
[[nodiscard]] State absorb(State state, const Plan& plan, const Event& event);
// The state to go on from after a takeover or a lost connection: what was journalled, corrected by what is.
[[nodiscard]] State recover(State journalled, const Plan& plan, Placement placement);

// Recheck rounds before the keys that are still pending are compared under the swap's lock instead.
inline constexpr int recheck_rounds_max = 5;

} // namespace turntable::machine
