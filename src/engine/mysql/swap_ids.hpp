#pragma once
// The InnoDB ids of both tables as they stand at the swap, kept for the revert window: TRUNCATE fires no
// trigger, and the id is all that tells of it. They are written before the lock, into the comment of the log
// of the way back, which no application can change unseen, and are looked at again under the lock: so they
// become true with the renaming, whoever dies when.

#include <string_view>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Between the log's own comment and the ids.
inline constexpr std::string_view swap_ids_mark = "; tables at the swap: ";

// Before the lock of the swap.
void keep_swap_ids(Session& session, const Blueprint& blueprint, const Detail& detail);
// Under the lock of the swap: the tables are still those whose ids were kept.
[[nodiscard]] DriftReport changed_since_kept(Session& session, const Blueprint& blueprint,
                                             const Detail& detail);
// In the window: neither the new table nor the old one was truncated, rebuilt or put in another's place.
[[nodiscard]] DriftReport replaced_since_swap(Session& session, const Blueprint& blueprint,
                                              const Detail& detail);

} // namespace turntable::mysql
