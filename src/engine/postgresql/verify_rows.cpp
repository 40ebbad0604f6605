#include "verify_rows.hpp"

#include <charconv>
#include <set>

#include <fmt/core.h>

#include "change_log.hpp"
#include "sql_text.hpp"
#include "verify_sql.hpp"

namespace turntable::postgresql {
namespace {

std::int64_t integer_of(const Cell& cell) {
    std::int64_t value = 0;
    check(cell && std::from_chars(cell->data(), cell->data() + cell->size(), value).ec == std::errc{},
          "a count was expected");
    return value;
}

std::string both(const std::string& left, const std::string& right) {
    return left.empty() || right.empty() ? left + right : left + " AND " + right;
}

Difference difference_of(const Blueprint& blueprint, const Detail& detail, const std::vector<Cell>& row) {
    const std::size_t keys = detail.key.size();
    const bool in_source = row[0].has_value();
    const bool in_shadow = row[keys].has_value();
    const std::vector<Cell> shadow_part{row.begin() + static_cast<std::ptrdiff_t>(keys), row.end()};
    Difference difference;
    difference.kind = !in_shadow  ? Difference::Kind::missing
                      : in_source ? Difference::Kind::differs
                                  : Difference::Kind::extra;
    difference.key = in_source ? shown(source_names(detail), key_of(row, keys))
                               : shown(target_names(detail), key_of(shadow_part, keys));
    std::size_t cell = 2 * keys;
    for (const MappedColumn& column : blueprint.columns) {
        if (!column.compared) {
            continue;
        }
        if (row[cell + 2] == "t" || !in_source || !in_shadow) {
            difference.columns.push_back({column.target, row[cell], row[cell + 1]});
        }
        cell += 3;
    }
    return difference;
}

std::vector<ConversionSums> sums_of(const Blueprint& blueprint, const std::vector<Cell>& row) {
    std::vector<ConversionSums> sums;
    std::size_t cell = 3;
    for (const ConversionPlan& conversion : blueprint.conversions) {
        ConversionSums& sum = sums.emplace_back();
        if (conversion.conserves_sum) {
            sum = {.source = row[cell].value_or("0"),
                   .target = row[cell + 1].value_or("0"),
                   .error = row[cell + 2].value_or("0"),
                   .replaced = std::stoll(row[cell + 3].value_or("0"))};
            cell += 4;
        }
    }
    return sums;
}

void compare(Session& session, const Blueprint& blueprint, const Detail& detail, const RowSet& rows,
             int differences_max, VerifiedChunk& out) {
    const ResultSet counted =
        session.run(Statement{count_and_sum(blueprint, detail, rows), rows.arguments, {}, {}});
    const std::vector<Cell>& row = counted.rows.at(0);
    out.source_rows = integer_of(row[0]);
    out.shadow_rows = integer_of(row[1]);
    out.difference_count = integer_of(row[2]);
    out.sums = sums_of(blueprint, row);
    if (out.difference_count == 0) {
        return;
    }
    const ResultSet found = session.run(
        Statement{differing_rows(blueprint, detail, rows, differences_max), rows.arguments, {}, {}});
    for (const std::vector<Cell>& difference : found.rows) {
        out.differences.push_back(difference_of(blueprint, detail, difference));
    }
}

// The log's keys within the chunk, as the transaction's snapshot shows them.
std::vector<KeyText> pending_in(Session& session, const Detail& detail, const Chunk& chunk) {
    std::vector<std::string> columns;
    for (const KeyDetail& key : detail.key) {
        columns.push_back(key.log_column);
    }
    std::vector<Value> arguments;
    const std::string range = key_range(detail, Side::source, columns, chunk.lower, chunk.upper, arguments);
    const ResultSet found = session.run(fmt::format("SELECT {} FROM {}{}", joined(columns, ", "),
                                                    detail.names.log, range.empty() ? "" : " WHERE " + range),
                                        arguments);
    std::set<KeyText> keys;
    for (const std::vector<Cell>& row : found.rows) {
        keys.insert(key_of(row, columns.size()));
    }
    return {keys.begin(), keys.end()};
}

// Those of the given keys that the log holds under the key's own equality.
std::set<KeyText> still_pending(Session& session, const Detail& detail, const std::vector<KeyText>& keys) {
    std::vector<std::string> columns;
    for (const KeyDetail& key : detail.key) {
        columns.push_back("l." + key.log_column);
    }
    const std::vector<std::string> names = prefixed("q.", source_names(detail));
    const ResultSet found =
        session.run(fmt::format("SELECT {} FROM {} AS q WHERE EXISTS (SELECT FROM {} AS l WHERE {})",
                                joined(names, ", "), keys_from(detail, Side::source, 1), detail.names.log,
                                keys_equal(detail, Side::source, columns, names)),
                    key_arrays(keys, names.size()));
    std::set<KeyText> pending;
    for (const std::vector<Cell>& row : found.rows) {
        pending.insert(key_of(row, names.size()));
    }
    return pending;
}

} // namespace

VerifiedChunk compare_chunk(Session& session, const Blueprint& blueprint, const Detail& detail,
                            const Chunk& chunk, int differences_max) {
    VerifiedChunk out;
    RowSet rows;
    std::vector<Value> target_arguments;
    rows.source_where = key_range(detail, Side::source, prefixed("s.", source_names(detail)), chunk.lower,
                                  chunk.upper, rows.arguments);
    rows.target_where = key_range(detail, Side::target, prefixed("t.", target_names(detail)), chunk.lower,
                                  chunk.upper, rows.arguments);
    const std::vector<KeyText> pending = pending_in(session, detail, chunk);
    if (!pending.empty()) {
        const std::size_t first = rows.arguments.size() + 1;
        for (Value& array : key_arrays(pending, detail.key.size())) {
            rows.arguments.push_back(std::move(array));
        }
        rows.source_where = both(rows.source_where, source_in_keys(detail, Membership::without, first));
        rows.target_where = both(rows.target_where, target_in_keys(detail, Membership::without, first));
        for (const KeyText& key : pending) {
            out.pending.push_back(encoded(key));
        }
    }
    compare(session, blueprint, detail, rows, differences_max, out);
    return out;
}

VerifiedChunk compare_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                           const std::vector<std::string>& keys, int differences_max) {
    VerifiedChunk out;
    std::vector<KeyText> decoded_keys;
    for (const std::string& key : keys) {
        decoded_keys.push_back(decoded(key));
    }
    const std::set<KeyText> pending = still_pending(session, detail, decoded_keys);
    for (const KeyText& key : pending) {
        out.pending.push_back(encoded(key));
    }
    std::erase_if(decoded_keys, [&](const KeyText& key) { return pending.contains(key); });
    const RowSet rows{.source_where = source_in_keys(detail, Membership::only, 1),
                      .target_where = target_in_keys(detail, Membership::only, 1),
                      .arguments = key_arrays(decoded_keys, detail.key.size())};
    compare(session, blueprint, detail, rows, differences_max, out);
    return out;
}

} // namespace turntable::postgresql
