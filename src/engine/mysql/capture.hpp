#pragma once
// The capture: an append-only log of keys and three AFTER triggers that write nothing else; a table whose
// rows delete each other has a fourth one (own_cascades.hpp). The log's columns have the key's exact type and
// collation, so that equality in the log is the key's own equality. AUTO_INCREMENT ids are taken before
// commits: they name entries, they never order them.

#include <string>
#include <string_view>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// The comment of both logs; swap_ids.hpp appends to that of the way back.
inline constexpr std::string_view log_comment = "turntable: keys of changed rows";

struct CaptureTrigger {
    std::string name, table;
    Statement create;
};

[[nodiscard]] Statement create_log(const Blueprint& blueprint, const Detail& detail, Direction direction);
// forward: on the source. back: on the shadow, which becomes the new table.
[[nodiscard]] std::vector<CaptureTrigger> capture_triggers(const Blueprint& blueprint, const Detail& detail,
                                                           Direction direction);
// The table that has the triggers of that name now; "" if there are none.
[[nodiscard]] std::string table_of_trigger(Session& session, const std::string& schema,
                                           const std::string& name);
// True if all of them are there, on that table.
[[nodiscard]] bool capture_on(Session& session, const Blueprint& blueprint, const Detail& detail,
                              Direction direction, const std::string& table);

} // namespace turntable::mysql
