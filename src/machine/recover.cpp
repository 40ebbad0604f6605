#include "machine/state.hpp"

namespace turntable::machine {

State recover(State journalled, const Plan& plan, Placement placement) {
    const bool over = journalled.step == Step::finalized || journalled.step == Step::aborted ||
                      journalled.step == Step::refused || journalled.step == Step::failed;
    if (over) { // nothing of the job is left, and the table is nobody's business
        return journalled;
    }
    if (placement == Placement::inconsistent) {
        throw Error{ErrorKind::needs_repair, "placement_inconsistent",
                    "the tables of this job are neither as before nor as after its swap"}
            .next("compare the tables named in the plan with `turntable jobs`, then repair by hand");
    }
    // The commit of a swap is the one outcome that the journal may have missed.
    if (journalled.step == Step::swap && placement == Placement::swapped) {
        journalled.step = Step::after_swap;
        journalled.totals_at = -1; // nor does it tell what the swap drained
        return journalled;
    }
    if (journalled.step == Step::revert_swap && placement == Placement::reverted) {
        journalled.step = Step::after_revert;
        return journalled;
    }
    // Verification lives in the memory of one run. A finished one stands: invariant I keeps it true.
    const bool verified =
        journalled.step == Step::swap && journalled.verified && journalled.recheck_left == 0;
    if (plan.verify && !verified &&
        (journalled.step == Step::verify || journalled.step == Step::recheck ||
         journalled.step == Step::swap)) {
        journalled.step = Step::verify;
        journalled.verified = false;
        journalled.recheck_left = 0;
    }
    if (journalled.step == Step::probe) {
        journalled.conversions.clear();
    }
    return journalled;
}

} // namespace turntable::machine
