#include "change_log.hpp"

#include <set>

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

std::vector<std::string> log_columns(const Detail& detail) {
    std::vector<std::string> columns;
    for (const KeyDetail& key : detail.key) {
        columns.push_back(key.log_column);
    }
    return columns;
}

} // namespace

const std::string& log_of(const Detail& detail, Direction direction) {
    return direction == Direction::forward ? detail.names.log : detail.names.reverse_log;
}

LogEntries take_entries(Session& session, const Detail& detail, Direction direction,
                        std::optional<Rows> entries_max) {
    const std::string& log = log_of(detail, direction);
    const std::string limit = entries_max ? fmt::format(" LIMIT {}", *entries_max) : "";
    const ResultSet taken = session.run(
        fmt::format("DELETE FROM {0} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {0}{1})) RETURNING {2}", log,
                    limit, joined(log_columns(detail), ", ")));
    LogEntries entries{.count = static_cast<std::int64_t>(taken.rows.size()), .keys = {}, .truncated = false};
    std::set<KeyText> seen;
    for (const std::vector<Cell>& row : taken.rows) {
        if (!row.front()) {
            entries.truncated = true;
            continue;
        }
        if (KeyText key = key_of(row, detail.key.size()); seen.insert(key).second) {
            entries.keys.push_back(std::move(key));
        }
    }
    return entries;
}

void put_back(Session& session, const Detail& detail, Direction direction, const std::vector<KeyText>& keys) {
    if (keys.empty()) {
        return;
    }
    const Side side = direction == Direction::forward ? Side::source : Side::target;
    const std::vector<std::string> names = side == Side::source ? source_names(detail) : target_names(detail);
    session.run(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS q", log_of(detail, direction),
                            joined(log_columns(detail), ", "), joined(prefixed("q.", names), ", "),
                            keys_from(detail, side, 1)),
                key_arrays(keys, detail.key.size()));
}

} // namespace turntable::postgresql
