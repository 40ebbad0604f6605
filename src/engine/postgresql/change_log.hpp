#pragma once
// Taking entries from a change log. A log is a bare heap without order: a batch is taken by the physical
// addresses of entries that one scan of the whole log could see, never by a watermark, and deletes exactly
// those.

#include <cstdint>
#include <optional>
#include <vector>

#include "key_text.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

struct LogEntries {
    std::int64_t count = 0;
    std::vector<KeyText> keys; // without repetitions, bytewise
    bool truncated = false;    // a row of NULLs was among them: the from-side was truncated
};

[[nodiscard]] const std::string& log_of(const Detail& detail, Direction direction);

// In the caller's transaction. Every pass starts a scan of the whole log; entries_max empty: all visible
// entries.
[[nodiscard]] LogEntries take_entries(Session& session, const Detail& detail, Direction direction,
                                      std::optional<Rows> entries_max);
void put_back(Session& session, const Detail& detail, Direction direction, const std::vector<KeyText>& keys);

} // namespace turntable::postgresql
