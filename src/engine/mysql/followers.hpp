#pragma once
// What hangs on a table beside its definition and must follow the name to the new table: foreign keys of its
// own and of others, triggers of the user's, and the ways by which foreign keys change its rows unseen. Each
// has its file; here they are kept, compared and settled together.

#include "catalog.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// At planning: fills the detail. clone: the empty one, in the new shape. Throws Error{refused} by name.
void keep_followers(Session& session, const Table& source, const Table& target, const Blueprint& blueprint,
                    Detail& detail, const std::string& clone);
// What differs from what must be at that moment, one sentence each.
[[nodiscard]] std::vector<std::string> unexpected_followers(Session& session, const Blueprint& blueprint,
                                                            const Detail& detail, Planner::Moment moment);
// Before the swap, at chunks and under the lock: none, or why the job must stop.
[[nodiscard]] DriftReport followers_drift(Session& session, const Blueprint& blueprint, const Detail& detail);
// Online, after a swap or one that was cut off: what was left half-done on this and on other tables is
// completed, names are restored. False: a lock was not granted in time. Safe to run at any moment.
[[nodiscard]] bool settle_followers(Session& session, const Blueprint& blueprint, const Detail& detail,
                                    Millis lock_timeout);

} // namespace turntable::mysql
