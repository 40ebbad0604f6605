#include "machine/state.hpp"

namespace turntable::machine {
namespace {

Step after_probe(const Plan& plan) {
    if (plan.strategy == Strategy::shadow) {
        return Step::create;
    }
    return plan.native_statements == 0 ? Step::finalized : Step::native;
}

Step after_native(State& state, const Plan& plan) {
    if (++state.step_number < plan.native_statements) {
        return Step::native;
    }
    return plan.second_look ? Step::second_look : Step::finalized;
}

Step after_copy(State& state, const Plan& plan) {
    state.copy_exhausted = true;
    state.step_number = 0;
    return plan.index_steps == 0 ? Step::replay : Step::index;
}

// The capture may be what was tampered with: everything from the objects on is made sure of again.
Step after_restart(State& state) {
    ++state.copy_pass;
    state.copied = state.logged = 0;
    return Step::create;
}

Step after_verify(State& state) {
    state.verified = state.recheck_left == 0;
    state.recheck_rounds = 0;
    return state.recheck_left == 0 ? Step::swap : Step::recheck;
}

Step towards_the_window(Step step, const Plan& plan) {
    if (step == Step::after_swap && plan.quarantine) {
        return Step::set_aside;
    }
    if (step != Step::recount && plan.totals) {
        return Step::recount;
    }
    return plan.keep_old ? Step::window : Step::uncapture;
}

// The step that follows when the present one is complete.
Step next_step(State& state, const Plan& plan) {
    switch (state.step) {
    case Step::probe:
        return after_probe(plan);
    case Step::native:
        return after_native(state, plan);
    case Step::create:
        return Step::capture;
    case Step::capture:
        return Step::origin;
    case Step::origin:
        state.copy_exhausted = false;
        return Step::copy;
    case Step::copy:
        return after_copy(state, plan);
    case Step::restart_copy:
        return after_restart(state);
    case Step::index:
        return ++state.step_number < plan.index_steps ? Step::index : Step::replay;
    case Step::replay:
        return plan.verify ? Step::verify : Step::swap;
    case Step::verify:
        return after_verify(state);
    case Step::recheck:
        state.verified = true;
        state.recheck_left = 0;
        return Step::swap;
    case Step::after_swap:
    case Step::set_aside:
    case Step::recount:
        return towards_the_window(state.step, plan);
    case Step::revert_probe:
        return Step::revert_replay;
    case Step::revert_replay:
        return Step::revert_swap;
    case Step::after_revert:
        return Step::revert_uncapture;
    case Step::revert_uncapture:
        state.reverted = true;
        return Step::reverted;
    case Step::uncapture:
        return Step::retire;
    case Step::second_look:
    case Step::retire:
        return Step::finalized;
    case Step::undo:
        return state.failure_exit == 0 ? Step::aborted : Step::failed;
    case Step::swap:
    case Step::revert_swap:
    case Step::window:
    case Step::reverted:
    case Step::finalized:
    case Step::aborted:
    case Step::refused:
    case Step::failed:
        return state.step;
    }
    check(false, "unknown Step");
    return state.step;
}

struct Absorber {
    State state;
    const Plan& plan;

    void operator()(const Done&) {
        if (state.step != Step::undo) { // why it was undone is what a person asks first
            state.reason.clear();
        }
        state.step = next_step(state, plan);
    }
    void operator()(const More&) {}
    void operator()(const NotGranted&) {
        if (state.step == Step::capture) {
            ++state.capture_tries;
        } else {
            ++state.swap_tries;
        }
    }
    void operator()(const CaughtUp&) {
        if (state.step == Step::replay || state.step == Step::revert_replay) {
            (*this)(Done{});
        }
    }
    void operator()(const ProbeRefused& event) {
        state.reason = event.reason;
        if (state.step == Step::second_look) { // the statements took effect
            state.step = Step::undo;
            state.failure_exit = static_cast<int>(ErrorKind::negative);
        } else {
            state.step = Step::refused;
        }
    }
    void operator()(const SourceDrifted& event) {
        check(event.report.drift != Drift::none, "no drift was reported as a drift");
        state.reason = event.report.reason;
        if (swapped(state.step)) { // the way back is refused; undoing would take the log from live triggers
            state.step = Step::window;
            return;
        }
        state.verified = false;
        if (event.report.drift == Drift::restart_copy) {
            state.step = Step::restart_copy;
        } else {
            state.step = Step::undo;
            state.failure_exit = static_cast<int>(ErrorKind::failed);
        }
    }
    void operator()(const Differs& event) {
        state.verified = false;
        state.mismatches = event.count;
        // A later run verifies from the start: what differed may have been mended by a person.
        if (state.step == Step::recheck || state.step == Step::swap) {
            state.step = Step::verify;
        }
    }
    void operator()(const DoesNotFit& event) {
        state.reason = event.reason;
        if (state.step == Step::revert_probe || state.step == Step::revert_replay ||
            state.step == Step::revert_swap) {
            state.step = Step::window;
        }
    }
    void operator()(const PendingLeft& event) {
        state.recheck_left = event.keys;
        ++state.recheck_rounds;
        if (state.recheck_rounds >= recheck_rounds_max) {
            state.verified = true; // but for these keys, which the swap compares under its lock
            state.step = Step::swap;
        }
    }
    void operator()(const Swapped& event) {
        state.reason.clear();
        if (event.direction == Direction::forward) {
            state.swapped_at_ms = event.at_ms;
            state.step = Step::after_swap;
        } else {
            state.step = Step::after_revert;
        }
    }
    void operator()(const Located& event) { state = recover(std::move(state), plan, event.placement); }
    void operator()(const RulesAway&) { state.rules_were_away = true; }
    void operator()(const AbortAsked&) {
        if (!swapped(state.step) && !at_rest(state.step)) {
            state.step = Step::undo;
            state.failure_exit = 0;
        }
    }
    void operator()(const Failed& event) {
        state.reason = event.reason;
        if (!swapped(state.step) && !at_rest(state.step) && state.step != Step::undo) {
            state.step = Step::undo;
            state.failure_exit = event.exit_code;
        }
    }
};

} // namespace

State absorb(State state, const Plan& plan, const Event& event) {
    Absorber absorber{std::move(state), plan};
    std::visit(absorber, event);
    return std::move(absorber.state);
}

} // namespace turntable::machine
