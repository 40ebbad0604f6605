#pragma once
// Is the source still the table that was planned for, with our capture untouched?

#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

// Before the swap.
[[nodiscard]] DriftReport source_drift(Session& session, const Blueprint& blueprint, const Detail& detail);
// In the revert window: the table under the application's name, the old one, and the reverse capture.
[[nodiscard]] DriftReport window_drift(Session& session, const Blueprint& blueprint, const Detail& detail);

} // namespace turntable::sqlite
