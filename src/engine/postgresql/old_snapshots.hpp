#pragma once
// A REPEATABLE READ transaction whose snapshot is older than the shadow's last writer would find the swapped
// table empty or stale, without an error.

#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// Client sessions of this database and prepared transactions that are older than the last transaction which
// wrote the to-side. Outside a transaction.
[[nodiscard]] std::vector<Blocker> old_snapshots(Session& session, const Blueprint& blueprint,
                                                 const Detail& detail);

// The same, looking again for a second: those that end by themselves are no reason to put the swap off.
[[nodiscard]] std::vector<Blocker> old_snapshots_that_stay(Session& session, const Blueprint& blueprint,
                                                           const Detail& detail);

} // namespace turntable::postgresql
