#pragma once
// In the revert window: is the table with the name still what the swap put there? What was hung on it since,
// a column, an index, a key of another table, would silently go with it on the way back.

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// The definition, comments aside, its foreign keys and its triggers: cheap, also under the lock.
[[nodiscard]] DriftReport window_drift(Session& session, const Blueprint& blueprint, const Detail& detail);
// As well, foreign keys of other tables that refer to it: on some servers that reads every table of the
// schema.
[[nodiscard]] DriftReport window_drift_online(Session& session, const Blueprint& blueprint,
                                              const Detail& detail);

} // namespace turntable::mysql
