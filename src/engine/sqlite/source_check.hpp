#pragma once
// Is the source still the table that was planned for, with our capture untouched?

#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

// Changes whenever a trigger of ours is dropped, even if it was created again: a new row in the catalogue has
// a new row id. (VACUUM may renumber them, too; the copy then restarts without need, which is safe.)
[[nodiscard]] std::string capture_fingerprint(Session& session, const Detail& detail);

// Before the swap. fingerprint: as taken after the capture was installed.
[[nodiscard]] DriftReport source_drift(Session& session, const Blueprint& blueprint, const Detail& detail,
                                       const std::string& fingerprint);
// In the revert window: the table under the application's name, the old one, and the reverse capture.
[[nodiscard]] DriftReport window_drift(Session& session, const Blueprint& blueprint, const Detail& detail);

} // namespace turntable::sqlite
