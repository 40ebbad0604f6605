#pragma once
// Ranges of a table by its key, cut where the key index finds the n-th next key.

#include <optional>
#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// [lower, key of the row `rows` further on) of the source's key order; open above when there are no more
// rows. lower
// "" is the start. nullopt only for an empty remainder after a closed bound.
[[nodiscard]] std::optional<Chunk> next_key_range(Session& session, const Detail& detail,
                                                  const std::string& table, const std::string& lower,
                                                  Rows rows);

} // namespace turntable::postgresql
