// The driver's performing of commands and what follows from their events.
#include "run/driver.hpp"

namespace turntable::run {
namespace {

// Overloads of one visitor.
template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

double* seconds_of(machine::State& state, Phase phase) {
    switch (phase) {
    case Phase::probe:
        return &state.seconds_probe;
    case Phase::copy:
        return &state.seconds_copy;
    case Phase::index:
        return &state.seconds_index;
    case Phase::replay:
        return &state.seconds_replay;
    case Phase::verify:
        return &state.seconds_verify;
    case Phase::swap:
        return &state.seconds_swap;
    case Phase::prepare:
    case Phase::window:
    case Phase::finalize:
    case Phase::native:
    case Phase::cleanup:
        return nullptr;
    }
    check(false, "unknown Phase");
    return nullptr;
}

constexpr int exit_negative = static_cast<int>(ErrorKind::negative);

} // namespace

// After the copy nothing but these looks notices a rewrite, a truncation or a tampered trigger before the
// swap does.
std::optional<DriftReport> Driver::drift_before(const machine::Command& command) {
    const auto* const replay = std::get_if<machine::ReplaySlice>(&command);
    const bool looks = (replay != nullptr && replay->direction == Direction::forward) ||
                       std::holds_alternative<machine::BuildIndex>(command) ||
                       std::holds_alternative<machine::VerifySlice>(command) ||
                       std::holds_alternative<machine::RecheckKeys>(command);
    if (!looks) {
        return std::nullopt;
    }
    const DriftReport report =
        context_.engine.copier().check_source(*control_, record_.blueprint, record_.origin);
    return report.drift == Drift::none ? std::nullopt : std::optional{report};
}

machine::Event Driver::perform(const machine::Command& command) {
    if (const auto drift = drift_before(command)) {
        return machine::SourceDrifted{*drift};
    }
    machine::Event event = carry_out(command);
    // Rows differ for a reason where the source or its capture was tampered with while they were compared.
    if (std::holds_alternative<machine::Differs>(event)) {
        if (const auto drift = drift_before(command)) {
            return machine::SourceDrifted{*drift};
        }
    }
    return event;
}

machine::Event Driver::carry_out(const machine::Command& command) {
    // Single statements may be long; a stop or an abort ends them. Chunks end soon by themselves, and the
    // swap is not to be disturbed.
    const bool interruptible = std::holds_alternative<machine::BuildIndex>(command) ||
                               std::holds_alternative<machine::RunNative>(command) ||
                               std::holds_alternative<machine::ProbeSlice>(command) ||
                               std::holds_alternative<machine::AfterSwap>(command);
    const Interruptible scope{*this, interruptible};
    auto& shop = *shop_;
    auto& state = record_.state;
    return std::visit(
        Overloaded{
            [&](const machine::ProbeSlice&) { return phase::probe_slice(shop, state); },
            [&](const machine::RunNative& native) { return phase::run_native(shop, native.number); },
            [&](const machine::CreateObjects&) { return phase::create_objects(shop); },
            [&](const machine::InstallCapture&) { return phase::install_capture(shop, state); },
            [&](const machine::ReadOrigin&) { return phase::read_origin(shop); },
            [&](const machine::CopySlice&) { return phase::copy_slice(shop, state); },
            [&](const machine::RestartCopy&) { return phase::restart_copy(shop, state); },
            [&](const machine::BuildIndex& index) { return phase::build_index(shop, index.number); },
            [&](const machine::ReplaySlice& replay) {
                return phase::replay_slice(shop, state, replay.direction);
            },
            [&](const machine::VerifySlice&) { return phase::verify_slice(shop, state); },
            [&](const machine::RecheckKeys&) { return phase::recheck_keys(shop, state); },
            [&](const machine::TrySwap& swap) { return phase::try_swap(shop, state, swap.direction); },
            [&](const machine::AfterSwap& swap) { return phase::after_swap(shop, state, swap.direction); },
            [&](const machine::SetAside&) { return phase::set_aside(shop, state); },
            [&](const machine::Recount&) { return phase::recount(shop, state); },
            [&](const machine::ProbeRevert&) { return phase::probe_revert(shop); },
            [&](const machine::RemoveCapture& remove) {
                return phase::remove_capture(shop, remove.direction);
            },
            [&](const machine::RetireSlice&) { return phase::retire_slice(shop, state); },
            [&](const machine::Undo&) { return phase::undo(shop, state); },
            [&](const machine::Rest&) -> machine::Event { return machine::Done{}; },
        },
        command);
}

machine::Event Driver::perform_timed(const machine::Command& command) {
    const Phase phase = machine::phase_of(record_.state.step);
    const auto start = context_.clock.now();
    const auto spent = [&] {
        const double seconds = std::chrono::duration<double>(context_.clock.now() - start).count();
        record_.state.seconds_total += seconds;
        if (double* const of_phase = seconds_of(record_.state, phase)) {
            *of_phase += seconds;
        }
    };
    try {
        machine::Event event = perform(command);
        spent();
        return event;
    } catch (...) {
        spent();
        throw;
    }
}

// Waits, or ends the run where a person must decide.
std::optional<RunEnd> Driver::after(const machine::Event& event) {
    if (std::holds_alternative<machine::NotGranted>(event)) {
        return wait_for_lock();
    }
    if (std::holds_alternative<machine::Differs>(event)) {
        record_.state.reason =
            "source and shadow differ in " + std::to_string(record_.state.mismatches) + " rows";
        return end(JobState::stopped, exit_negative);
    }
    if (std::holds_alternative<machine::DoesNotFit>(event)) {
        const bool in_window = machine::at_rest(record_.state.step);
        return end(in_window ? JobState::swapped : JobState::stopped, exit_negative);
    }
    if (std::holds_alternative<machine::SourceDrifted>(event) &&
        record_.state.step == machine::Step::window) {
        return end(JobState::swapped, exit_negative);
    }
    if (record_.state.step != machine::Step::swap) {
        lock_retry_.reset();
        return std::nullopt;
    }
    if (plan().hold_swap) {
        return std::holds_alternative<machine::CaughtUp>(event) ? hold_ready() : std::nullopt;
    }
    if (std::holds_alternative<machine::More>(event)) {
        record_.state.reason = "writers fill the log as fast as it is replayed";
        return wait_for_lock();
    }
    return std::nullopt;
}

// The swap is ready and held for `cutover`: wait a little, replay again, until somebody asks or the time is
// over.
std::optional<RunEnd> Driver::hold_ready() {
    record_.state.reason = "waiting for `turntable cutover`";
    monitor_->set_reason(record_.state.reason);
    save(JobState::ready);
    if (!ready_since_) {
        ready_since_ = context_.clock.now();
    }
    if (context_.clock.now() - *ready_since_ >= record_.settings.cutover_timeout) {
        return end(JobState::ready, static_cast<int>(ErrorKind::stopped));
    }
    const auto until = context_.clock.now() + Millis{1000};
    while (context_.clock.now() < until && plan().hold_swap && !stop_asked()) {
        sleep_unless_asked(Millis{100});
        if (monitor_->signals().abort || monitor_->signals().paused) {
            break;
        }
    }
    monitor_->set_reason("");
    return std::nullopt;
}

std::optional<RunEnd> Driver::wait_for_lock() {
    if (!lock_retry_ || retried_step_ != record_.state.step) {
        retried_step_ = record_.state.step;
        lock_retry_.emplace(
            control::Backoff{},
            control::RetryBudget{record_.settings.lock_retries, record_.settings.cutover_timeout},
            context_.clock.now(), control::machine_random());
    }
    if (record_.state.reason.empty()) {
        record_.state.reason = "a lock was not granted";
    }
    if (const auto wait = lock_retry_->next_wait(context_.clock.now())) {
        monitor_->set_reason(record_.state.reason);
        for (const Blocker& blocker : memory_.blockers) {
            context_.observer.note(record_.state.reason + ": session " + blocker.session + " of " +
                                   blocker.user + " is in the way (" + blocker.state + " for " +
                                   std::to_string(blocker.age.count()) + " s): " + blocker.query);
        }
        sleep_unless_asked(*wait);
        monitor_->set_reason("");
        return std::nullopt;
    }
    const bool at_swap = record_.state.step == machine::Step::swap;
    if (at_swap) {
        return end(JobState::ready, static_cast<int>(ErrorKind::stopped));
    }
    if (record_.state.step == machine::Step::capture || record_.state.step == machine::Step::native) {
        lock_retry_.reset();
        record_.state =
            machine::absorb(std::move(record_.state), plan(),
                            machine::Failed{record_.state.reason, static_cast<int>(ErrorKind::busy)});
        return std::nullopt;
    }
    return end(machine::swapped(record_.state.step) ? JobState::swapped : JobState::stopped,
               static_cast<int>(ErrorKind::busy));
}

} // namespace turntable::run
