#include "run/permits.hpp"

namespace turntable::run {

using machine::Step;

Error wrong_state(const JobRecord& record, const std::string& what) {
    return Error{ErrorKind::usage, "wrong_state",
                 "job " + record.job + " on " + record.blueprint.source.display() + " is " +
                     record.job_state + " (" + std::string{machine::to_string(record.state.step)} +
                     "): " + what};
}

std::string after_the_swap(const JobRecord& record) {
    const bool back = record.settings.keep_old && record.blueprint.revert != RevertClass::irreversible;
    const bool waits = record.state.step == Step::window;
    return (back ? "turntable revert " : waits ? "turntable finalize " : "turntable resume ") + record.job;
}

bool revert_under_way(Step step) {
    return step == Step::revert_probe || step == Step::revert_replay || step == Step::revert_swap ||
           step == Step::after_revert || step == Step::revert_uncapture;
}

void check_revert_may_start(const JobRecord& record) {
    // A run that died between the swap and the window has left all that the way back needs.
    const bool swapped_and_kept =
        (record.state.step == Step::after_swap || record.state.step == Step::set_aside ||
         record.state.step == Step::recount) &&
        record.settings.keep_old.has_value();
    if (record.state.step != Step::window && !swapped_and_kept) {
        throw wrong_state(record, "only a job whose revert window is open can be reverted")
            .next(machine::swapped(record.state.step) || machine::at_rest(record.state.step)
                      ? "see `turntable jobs`"
                      : "turntable abort " + record.job);
    }
    // The replay would have no value for such a column: what was written to it since the swap would be lost.
    if (record.blueprint.revert == RevertClass::irreversible) {
        throw Error{ErrorKind::refused, "irreversible",
                    "job " + record.job + " on " + record.blueprint.source.display() +
                        " has no way back: " + record.blueprint.revert_reason}
            .next("`turntable finalize " + record.job +
                  "` drops the old table, which has the values from before the swap until then");
    }
}

Step finalize_from(const JobRecord& record) {
    switch (record.state.step) {
    case Step::window:
        return Step::uncapture;
    case Step::reverted:
        return Step::retire;
    case Step::uncapture:
    case Step::retire:
    case Step::finalized:
        return record.state.step;
    case Step::probe:
    case Step::native:
    case Step::second_look:
    case Step::create:
    case Step::capture:
    case Step::origin:
    case Step::copy:
    case Step::restart_copy:
    case Step::index:
    case Step::replay:
    case Step::verify:
    case Step::recheck:
    case Step::swap:
    case Step::after_swap:
    case Step::set_aside:
    case Step::recount:
    case Step::revert_probe:
    case Step::revert_replay:
    case Step::revert_swap:
    case Step::after_revert:
    case Step::revert_uncapture:
    case Step::undo:
    case Step::aborted:
    case Step::refused:
    case Step::failed:
        break;
    }
    throw wrong_state(record, "there is no window to end");
}

} // namespace turntable::run
