#include "key_chunks.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {

std::optional<Chunk> next_key_range(Session& session, const Detail& detail, const std::string& table,
                                    const std::string& lower, Rows rows) {
    const std::vector<std::string> key = source_names(detail);
    std::vector<Value> arguments;
    const std::string range = key_range(detail, Side::source, key, lower, "", arguments);
    const ResultSet bound =
        session.run(fmt::format("SELECT {} FROM {}{} ORDER BY {} OFFSET {} LIMIT 1", joined(key, ", "), table,
                                range.empty() ? "" : " WHERE " + range, order_by_key(detail, key),
                                std::max<Rows>(rows, 1)),
                    arguments);
    Chunk chunk{.number = 0, .lower = lower, .upper = ""};
    if (!bound.rows.empty()) {
        chunk.upper = encoded(key_of(bound.rows.front(), key.size()));
    }
    return chunk;
}

} // namespace turntable::postgresql
