#include "source_guard.hpp"

#include <charconv>
#include <string_view>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "sql_text.hpp"

namespace turntable::postgresql {

std::string to_json(const Origin& origin) {
    return nlohmann::json{{"file_node", origin.file_node},
                          {"capture", origin.capture},
                          {"blocks", origin.blocks},
                          {"x0", origin.x0},
                          {"by_blocks", origin.by_blocks}}
        .dump();
}

Origin origin_from_json(const std::string& text) {
    try {
        const nlohmann::json j = nlohmann::json::parse(text);
        return {.file_node = j.at("file_node").get<std::string>(),
                .capture = j.at("capture").get<std::string>(),
                .blocks = j.at("blocks").get<std::int64_t>(),
                .x0 = j.at("x0").get<std::int64_t>(),
                .by_blocks = j.at("by_blocks").get<bool>()};
    } catch (const nlohmann::json::exception&) {
        throw Error{ErrorKind::needs_repair, "journal_damaged",
                    "the origin of the copy is unreadable: " + text};
    }
}

std::string capture_signature(const Detail& detail, const std::string& table) {
    return fmt::format(
        "(SELECT pg_catalog.string_agg(t.tgname || ':' || t.tgenabled::text || ':' || t.xmin::text || ':' ||"
        " p.xmin::text, ',' ORDER BY t.tgname) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON "
        "p.oid ="
        " t.tgfoid WHERE t.tgrelid = {} AND t.tgname IN ({}, {}))",
        table, literal(detail.names.row_trigger), literal(detail.names.truncate_trigger));
}

namespace {

std::int64_t integer_of(const Cell& cell) {
    std::int64_t value = 0;
    check(cell && std::from_chars(cell->data(), cell->data() + cell->size(), value).ec == std::errc{},
          "an integer was expected");
    return value;
}

std::string guard_sql(const Detail& detail) {
    return fmt::format(
        "SELECT pg_catalog.to_regclass({0})::oid::bigint, pg_catalog.pg_relation_filenode({1}::oid), {2},"
        " pg_catalog.txid_current(), ({3})",
        literal(detail.names.source), detail.source_oid,
        capture_signature(detail, std::to_string(detail.source_oid)), detail.fingerprint_sql);
}

DriftReport compared(const ResultSet& found, const Detail& detail, const Origin& origin) {
    const std::vector<Cell>& row = found.rows.at(0);
    const std::string table = detail.names.source;
    if (row[0] != std::to_string(detail.source_oid)) {
        return {Drift::stop, table + " is another table now: it was dropped, renamed or replaced"};
    }
    if (row[4] != detail.fingerprint) {
        return {Drift::stop, "the definition of " + table + " was changed by another session"};
    }
    if (row[1] != origin.file_node) {
        return {Drift::restart_copy,
                table + " was rewritten (VACUUM FULL, CLUSTER, TRUNCATE): its rows have moved"};
    }
    if (row[2] != origin.capture) {
        return {Drift::restart_copy,
                "the triggers on " + table + " were disabled or changed: writes may be missing"};
    }
    if (integer_of(row[3]) - origin.x0 > x0_distance_max) {
        return {Drift::restart_copy, "too many transactions have passed since the copy began"};
    }
    return {};
}

} // namespace

namespace {

// X0: no older transaction that may write the source is running any more. The snapshot names the running ones
// of all databases. Those that a session or a prepared transaction of another database is seen to hold cannot
// write the source, so a long one over there does not turn the copy into replay; whatever is not seen counts
// as ours.
constexpr std::string_view oldest_writer = R"(
SELECT least(pg_catalog.txid_snapshot_xmax(s.taken), (
         SELECT min(r.xid) FROM pg_catalog.txid_snapshot_xip(s.taken) AS r(xid)
          WHERE NOT EXISTS (
                  SELECT FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
                   WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock' AND a.datid <> d.oid
                     AND l.transactionid = (r.xid & 4294967295)::text::xid)
            AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_prepared_xacts AS p
                   WHERE p.database <> d.datname AND p.transaction = (r.xid & 4294967295)::text::xid)))
  FROM (SELECT pg_catalog.txid_current_snapshot() AS taken) AS s, pg_catalog.pg_database AS d
 WHERE d.datname = pg_catalog.current_database())";

} // namespace

Origin read_origin(Session& session, const Blueprint& blueprint, const Detail& detail) {
    static_cast<void>(blueprint);
    const ResultSet found = session.run(fmt::format(
        "SELECT pg_catalog.pg_relation_filenode({0}::oid), {1},"
        " pg_catalog.pg_relation_size({0}::oid, 'main') / pg_catalog.current_setting('block_size')::bigint,"
        " ({2}),"
        " pg_catalog.current_setting('server_version_num')::int >= 140000",
        detail.source_oid, capture_signature(detail, std::to_string(detail.source_oid)), oldest_writer));
    const std::vector<Cell>& row = found.rows.at(0);
    if (!row[0] || !row[1]) {
        throw Error{ErrorKind::failed, "capture_missing",
                    "the triggers on " + detail.names.source + " are missing"};
    }
    return {.file_node = *row[0],
            .capture = *row[1],
            .blocks = integer_of(row[2]),
            .x0 = integer_of(row[3]),
            .by_blocks = row[4] == "t"};
}

DriftReport lock_and_check(Session& session, const Detail& detail, const Origin& origin) {
    const std::string known =
        fmt::format("SELECT pg_catalog.to_regclass({})::oid::bigint", literal(detail.names.source));
    if (session.run(known).only() != std::to_string(detail.source_oid)) {
        return {Drift::stop,
                detail.names.source + " is another table now: it was dropped, renamed or replaced"};
    }
    session.run(fmt::format("LOCK TABLE {} IN ACCESS SHARE MODE", detail.names.source));
    return check_against(session, detail, origin);
}

DriftReport check_against(Session& session, const Detail& detail, const Origin& origin) {
    return compared(session.run(guard_sql(detail)), detail, origin);
}

} // namespace turntable::postgresql
