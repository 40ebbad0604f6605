#pragma once
// The statements inside the swap and inside the revert: names, sequences, triggers and foreign keys change
// sides.

#include "plan/helper_names.hpp"
#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

// Fills swap_locks, swap, after_swap, revert_locks, revert, after_revert,
// way_back_rules. detail.names must be filled.
void plan_swap(const Rehearsal& rehearsal, const HelperNames& helpers, Detail& detail);

} // namespace turntable::postgresql
