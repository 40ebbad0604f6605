#pragma once
// Comparing chunks and keys; shared by the verification under live writes and the last look under the swap's
// lock.

#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

[[nodiscard]] VerifiedChunk compare_chunk(Session& session, const Blueprint& blueprint, const Detail& detail,
                                          const Chunk& chunk, int differences_max);
// keys: encoded() source keys. Those that are in the log are left out and returned as pending.
[[nodiscard]] VerifiedChunk compare_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                                         const std::vector<std::string>& keys, int differences_max);

} // namespace turntable::postgresql
