#pragma once
// The one loop: save the state, ask decide(), perform the command, absorb the event. Pause, stop, pace,
// messages, persistence, retries and reconnection live here and nowhere else.

#include <memory>
#include <optional>

#include "control/chunk_sizer.hpp"
#include "control/retry.hpp"
#include "run/ledger.hpp"
#include "run/monitor.hpp"
#include "run/session_pool.hpp"
#include "run/side_table.hpp"

namespace turntable::run {

// How a run of the driver ended: the state is in the record, this is what the command line must tell.
struct RunEnd {
    JobState job_state;
    int exit_code = 0;
};

class Driver final : private phase::Gate {
  public:
    // record: created or taken over, with our epoch. Lives as long as one run.
    Driver(const Context& context, const Journal& journal, JobRecord record);
    ~Driver() override;

    // Runs until the job is at rest, stopped, ready, or held up by what a person must decide.
    [[nodiscard]] RunEnd run();

    [[nodiscard]] const JobRecord& record() const { return record_; }
    [[nodiscard]] const phase::Memory& memory() const { return memory_; }

  private:
    // phase::Gate
    [[nodiscard]] bool pass() override;
    void yield_after(std::chrono::microseconds chunk) override;

    [[nodiscard]] std::optional<RunEnd> obey();
    [[nodiscard]] std::optional<RunEnd> wait_while_paused();
    void take_settings(const Signals& signals);
    // While it lives, a stop or an abort may cancel what the control session runs.
    class Interruptible {
      public:
        Interruptible(Driver& driver, bool allowed) : driver_(driver) { driver_.allow_interrupt(allowed); }
        ~Interruptible() { driver_.allow_interrupt(false); }
        Interruptible(const Interruptible&) = delete;
        Interruptible& operator=(const Interruptible&) = delete;

      private:
        Driver& driver_;
    };
    void allow_interrupt(bool allowed);
    void interrupt(); // from the monitor's thread
    [[nodiscard]] std::optional<DriftReport> drift_before(const machine::Command& command);
    [[nodiscard]] machine::Event perform(const machine::Command& command);
    [[nodiscard]] machine::Event carry_out(const machine::Command& command);
    [[nodiscard]] machine::Event perform_timed(const machine::Command& command);
    [[nodiscard]] std::optional<RunEnd> after(const machine::Event& event);
    [[nodiscard]] std::optional<RunEnd> wait_for_lock();
    [[nodiscard]] std::optional<RunEnd> hold_ready();
    [[nodiscard]] std::optional<RunEnd> one_round();
    [[nodiscard]] std::optional<RunEnd> database_trouble(const DatabaseError& error);
    [[nodiscard]] std::optional<RunEnd> own_error(const Error& error);
    [[nodiscard]] std::optional<RunEnd> try_again(const DatabaseError& error);
    void reconnect(const DatabaseError& cause);
    void recover();
    void first_look();
    void look_again();
    [[nodiscard]] RunEnd end(JobState job_state, int exit_code);
    [[nodiscard]] RunEnd end_at_rest();
    void save(JobState job_state);
    [[nodiscard]] machine::Plan plan() const;
    [[nodiscard]] bool to_abort(const Signals& signals) const;
    [[nodiscard]] bool stop_asked() const { return context_.stop && context_.stop(); }
    void sleep_unless_asked(Millis duration);
    void record_swap(Session& session, Direction direction);

    const Context& context_;
    const Journal& journal_;
    JobRecord record_;
    phase::Gauge gauge_;
    phase::Memory memory_;
    SessionPool pool_;
    JournalLedger ledger_;
    JournalSideTable side_table_;
    std::unique_ptr<phase::Pipeline> pipeline_;
    std::unique_ptr<phase::Sizer> copy_sizer_, verify_sizer_;
    std::mutex control_mutex_; // guards the cancelling of control_ against its replacement
    bool interruptible_ = false;
    std::unique_ptr<Session> control_;
    std::unique_ptr<Monitor> monitor_;
    std::optional<phase::Workshop> shop_;
    std::optional<control::Retry> lock_retry_, trouble_retry_;
    machine::Step retried_step_ = machine::Step::probe;
    std::optional<std::chrono::steady_clock::time_point> ready_since_;
    std::int64_t seen_revision_ = 0;
    std::size_t index_steps_ = 0, native_statements_ = 0;
    bool second_look_ = false;
};

} // namespace turntable::run
