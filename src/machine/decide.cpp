#include "machine/state.hpp"

namespace turntable::machine {
namespace {

// While the swap is held the log must not grow without bound, so replay goes on.
Command at_swap(const Plan& plan) {
    return plan.hold_swap ? Command{ReplaySlice{Direction::forward}} : Command{TrySwap{Direction::forward}};
}

} // namespace

Command decide(const State& state, const Plan& plan) {
    switch (state.step) {
    case Step::probe:
    case Step::second_look:
        return ProbeSlice{};
    case Step::native:
        return RunNative{state.step_number};
    case Step::create:
        return CreateObjects{};
    case Step::capture:
        return InstallCapture{};
    case Step::origin:
        return ReadOrigin{};
    case Step::copy:
        return CopySlice{};
    case Step::restart_copy:
        return RestartCopy{};
    case Step::index:
        return BuildIndex{state.step_number};
    case Step::replay:
        return ReplaySlice{Direction::forward};
    case Step::verify:
        return VerifySlice{};
    case Step::recheck:
        return RecheckKeys{};
    case Step::swap:
        return at_swap(plan);
    case Step::after_swap:
        return AfterSwap{Direction::forward};
    case Step::set_aside:
        return SetAside{};
    case Step::recount:
        return Recount{};
    case Step::revert_probe:
        return ProbeRevert{};
    case Step::revert_replay:
        return ReplaySlice{Direction::back};
    case Step::revert_swap:
        return TrySwap{Direction::back};
    case Step::after_revert:
        return AfterSwap{Direction::back};
    case Step::revert_uncapture:
        return RemoveCapture{Direction::back};
    case Step::uncapture:
        return RemoveCapture{Direction::forward};
    case Step::retire:
        return RetireSlice{};
    case Step::undo:
        return Undo{};
    case Step::window:
    case Step::reverted:
    case Step::finalized:
    case Step::aborted:
    case Step::refused:
    case Step::failed:
        return Rest{};
    }
    check(false, "unknown Step");
    return Rest{};
}

} // namespace turntable::machine
