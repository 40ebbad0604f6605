#pragma once
// Which rows changed since the swap do not fit the old table?

#include <vector>

#include "detail.hpp"
#include "flow.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

// Tries the way back page by page in transactions that are rolled back; nothing changes.
[[nodiscard]] std::vector<Clash> probe_way_back(Session& session, const Blueprint& blueprint,
                                                int example_keys_max);

// flow: the one back. Rows that would be orphans under the foreign keys that a revert brings back; reads the
// tables as they are.
[[nodiscard]] std::vector<Clash> orphans_of_way_back(Session& session, const Detail& detail, const Flow& flow,
                                                     int example_keys_max);

} // namespace turntable::sqlite
