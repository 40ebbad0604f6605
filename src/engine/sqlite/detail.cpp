#include "detail.hpp"

#include <nlohmann/json.hpp>

#include "turntable/error.hpp"

namespace turntable::sqlite {

// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays): the macros of the library
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Object, type, name, table, sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Parked, name, sql, parked_name, parked_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NamedSql, name, sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyPart, source, target, collation, descending)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Rule, rule, subject, violates, shown, count, whole)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForeignKey, parent, from, to)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Detail, key, source, shadow, retired_sql, source_indexes, shadow_indexes,
                                   triggers, capture, reverse_capture, keep, kept_columns, contracted_sql,
                                   capture_end, reverse_capture_end, log_sql, reverse_log_sql,
                                   source_affinity, target_affinity, carried_source, rules, before, after,
                                   indexes_first, foreign_keys_added, foreign_keys_lost, source_autoincrement,
                                   target_autoincrement, native_after)
// NOLINTEND(cppcoreguidelines-avoid-c-arrays)

std::string to_text(const Detail& detail) {
    const nlohmann::json json = detail;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Detail detail_of(const Blueprint& blueprint) {
    try {
        return nlohmann::json::parse(blueprint.detail).get<Detail>();
    } catch (const nlohmann::json::exception& error) {
        throw Error{ErrorKind::needs_repair, "blueprint_damaged",
                    std::string{"the plan stored in the journal cannot be read: "} + error.what()};
    }
}

} // namespace turntable::sqlite
