#include "swap_ids.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "capture.hpp"
#include "catalog.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

// A comment has room for 2048 characters; a table with thousands of partitions has more ids than that.
std::string short_form(const std::string& ids) {
    constexpr std::size_t length_max = 400;
    if (ids.size() <= length_max) {
        return ids;
    }
    std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
    for (const char c : ids) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    return fmt::format("{}+{:016x}", ids.substr(0, ids.find(',')), hash);
}

// "ids of the new table/ids of the old one"
std::string ids_of(Session& session, const Blueprint& blueprint, const Detail& detail,
                   const std::string& new_table, const std::string& old_table) {
    const std::string& schema = blueprint.source.schema;
    return short_form(table_ids(session, detail.kind, schema, new_table)) + "/" +
           short_form(table_ids(session, detail.kind, schema, old_table));
}

std::string kept(Session& session, const Blueprint& blueprint) {
    const ResultSet found =
        session.run("SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND "
                    "TABLE_NAME = ?",
                    {blueprint.source.schema, blueprint.reverse_log_name});
    const std::string comment = found.rows.empty() ? "" : found.rows[0][0].value_or("");
    const auto at = comment.find(swap_ids_mark);
    return at == std::string::npos ? "" : comment.substr(at + swap_ids_mark.size());
}

} // namespace

void keep_swap_ids(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string now = ids_of(session, blueprint, detail, blueprint.shadow_name, blueprint.source.name);
    if (kept(session, blueprint) != now) {
        session.run(fmt::format("ALTER TABLE {} COMMENT = {}", quote_name(blueprint.reverse_log_name),
                                quote_text(fmt::format("{}{}{}", log_comment, swap_ids_mark, now))));
    }
}

DriftReport changed_since_kept(Session& session, const Blueprint& blueprint, const Detail& detail) {
    if (ids_of(session, blueprint, detail, blueprint.shadow_name, blueprint.source.name) !=
        kept(session, blueprint)) {
        return {Drift::restart_copy,
                "a table was truncated or rebuilt by somebody else just before the swap"};
    }
    return {};
}

DriftReport replaced_since_swap(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string then = kept(session, blueprint);
    const auto slash = then.find('/');
    if (slash == std::string::npos) {
        return {Drift::stop, "the comment of " + blueprint.reverse_log_name +
                                 ", which tells a TRUNCATE since the swap, was changed"};
    }
    const std::string now = ids_of(session, blueprint, detail, blueprint.source.name, blueprint.old_name);
    if (now == then) {
        return {};
    }
    const bool new_table = now.substr(0, now.find('/')) != then.substr(0, slash);
    return {Drift::stop,
            (new_table ? blueprint.source.display() : "the old table " + blueprint.old_name) +
                " was truncated or rebuilt since the swap (or this is another server than then): no trigger "
                "tells which rows went"};
}

} // namespace turntable::mysql
