#pragma once
// In the revert window: is the table with the name still what the swap put there? What was hung on it since,
// a column, an index, a privilege, would silently go with it on the way back.

#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// In the swap's transaction, last: keeps what the table is and what its reverse capture looks like in the
// job's state row.
void remember_window(Session& session, const Blueprint& blueprint, const Detail& detail);

// Compares with it, under whatever locks the caller holds and in a transaction that use_job_settings() was
// called in.
[[nodiscard]] DriftReport check_window(Session& session, const Blueprint& blueprint, const Detail& detail);

} // namespace turntable::postgresql
