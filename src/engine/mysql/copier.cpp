#include "copier.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "capture.hpp"
#include "cascades.hpp"
#include "catalog.hpp"
#include "followers.hpp"
#include "key_sql.hpp"
#include "load.hpp"
#include "quote.hpp"
#include "route.hpp"
#include "turntable/settings.hpp"
#include "warnings.hpp"

namespace turntable::mysql {
namespace {

struct Origin {
    std::string table_ids, shadow_ids, triggers, last_key;
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-c-arrays): the macro of the library
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Origin, table_ids, shadow_ids, triggers, last_key)

Origin parse(const std::string& origin) {
    return nlohmann::json::parse(origin).get<Origin>();
}

std::string encoded_row(const std::vector<Cell>& row) {
    KeyTexts texts;
    for (const Cell& cell : row) {
        texts.push_back(cell.value_or(""));
    }
    return encode_key(texts);
}

std::string order_by(const std::vector<KeyPart>& key, std::string_view direction) {
    std::string out;
    for (const KeyPart& part : key) {
        out += fmt::format("{}src.{} {}", out.empty() ? "" : ", ", quote_name(part.column), direction);
    }
    return out;
}

std::string key_query(const Blueprint& blueprint, const Detail& detail, const std::string& where,
                      std::string_view direction, Rows offset) {
    return fmt::format("SELECT {} FROM {} AS src FORCE INDEX ({}) WHERE {} ORDER BY {} LIMIT 1 OFFSET {}",
                       key_texts_sql(detail.source_key, from_alias), quote_name(blueprint.source.name),
                       quote_name(detail.source_key_index), where, order_by(detail.source_key, direction),
                       offset);
}

DriftReport check_shadow(Session& session, const Blueprint& blueprint, const Detail& detail,
                         const Origin& origin) {
    if (table_ids(session, detail.kind, blueprint.source.schema, blueprint.shadow_name) !=
        origin.shadow_ids) {
        return {Drift::restart_copy, "the shadow table was emptied or made anew by somebody else"};
    }
    return {};
}

} // namespace

std::string copy_statement(const Blueprint& blueprint, const std::string& range) {
    const Detail detail = detail_of(blueprint);
    const Route route = make_route(blueprint, detail, Direction::forward);
    std::string names, values;
    for (const RouteColumn& column : route.columns) {
        names += (names.empty() ? "" : ", ") + quote_name(column.to);
        values += (values.empty() ? "" : ", ") + column.from_value;
    }
    return fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS src FORCE INDEX ({}) WHERE {}",
                       quote_name(route.to), names, values, quote_name(route.from),
                       quote_name(detail.source_key_index), range);
}

std::string MysqlCopier::origin(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    Origin origin;
    origin.table_ids = table_ids(session, detail.kind, blueprint.source.schema, blueprint.source.name);
    origin.shadow_ids = table_ids(session, detail.kind, blueprint.source.schema, blueprint.shadow_name);
    origin.triggers = trigger_texts(session, blueprint.source.schema, blueprint.source.name);
    const ResultSet last = session.run(key_query(blueprint, detail, "TRUE", "DESC", 0));
    origin.last_key = last.rows.empty() ? "" : encoded_row(last.rows[0]);
    return nlohmann::json(origin).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Chunk> MysqlCopier::next_chunk(Session& session, const Blueprint& blueprint,
                                             const std::string& origin, const std::string& lower,
                                             Rows rows) const {
    const Detail detail = detail_of(blueprint);
    const Origin start = parse(origin);
    if (start.last_key.empty() || lower == start.last_key) {
        return std::nullopt;
    }
    const std::string where = key_range(detail.source_key, lower, start.last_key, from_alias);
    const ResultSet upper = session.run(key_query(blueprint, detail, where, "ASC", rows - 1));
    Chunk chunk;
    chunk.lower = lower;
    chunk.upper = upper.rows.empty() ? start.last_key : encoded_row(upper.rows[0]);
    return chunk;
}

int MysqlCopier::sessions(Session& session, int workers) const {
    const bool asked_for = workers > Settings{}.workers;
    return workers > 1 && !asked_for && application_at_work(session) ? 1 : workers;
}

std::variant<CopiedChunk, DriftReport> MysqlCopier::copy_chunk(Session& session, const Blueprint& blueprint,
                                                               const std::string& origin,
                                                               const Chunk& chunk) const {
    const Detail detail = detail_of(blueprint);
    const std::string statement =
        copy_statement(blueprint, key_range(detail.source_key, chunk.lower, chunk.upper, from_alias));
    CopiedChunk copied;
    copied.rows = session.run(statement).affected;
    refuse_warnings(session, statement);
    // Checked afterwards: from its first read to the commit this transaction keeps both tables from being
    // replaced.
    if (DriftReport drift = check_source(session, blueprint, origin); drift.drift != Drift::none) {
        return drift;
    }
    if (DriftReport drift = check_shadow(session, blueprint, detail, parse(origin));
        drift.drift != Drift::none) {
        return drift;
    }
    return copied;
}

DriftReport MysqlCopier::check_source(Session& session, const Blueprint& blueprint,
                                      const std::string& origin) const {
    const Detail detail = detail_of(blueprint);
    const Origin start = parse(origin);
    if (create_text(session, blueprint.source.schema, blueprint.source.name) != detail.source_text) {
        return {Drift::stop,
                "the definition of " + blueprint.source.display() + " was changed by somebody else"};
    }
    if (table_ids(session, detail.kind, blueprint.source.schema, blueprint.source.name) != start.table_ids) {
        return {Drift::restart_copy, blueprint.source.display() + " was truncated or rebuilt"};
    }
    if (DriftReport drift = followers_drift(session, blueprint, detail); drift.drift != Drift::none) {
        return drift;
    }
    if (trigger_texts(session, blueprint.source.schema, blueprint.source.name) != start.triggers) {
        return {Drift::restart_copy, "the triggers on " + blueprint.source.display() + " were changed"};
    }
    return {};
}

void MysqlCopier::empty_shadow(Session& session, const Blueprint& blueprint) const {
    session.run("TRUNCATE TABLE " + quote_name(blueprint.shadow_name));
}

} // namespace turntable::mysql
