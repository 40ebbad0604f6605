#pragma once
// Applying a set of keys: afterwards the to-side's rows for these keys are what the from-side's rows map to.

#include <vector>

#include "change_log.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// In the caller's transaction, after the entries were taken in an earlier statement of it (so that every row
// read here is at least as new as its entry). Keys that the to-side refuses are put back into the log and
// reported.
[[nodiscard]] Replayed apply_entries(Session& session, const Blueprint& blueprint, const Detail& detail,
                                     Direction direction, const LogEntries& entries);

} // namespace turntable::postgresql
