// The detail as JSON; field names are those of the structs.
#include "detail.hpp"

#include <nlohmann/json.hpp>

#include "turntable/error.hpp"

namespace nlohmann {

template <>
struct adl_serializer<std::optional<std::string>> {
    static void to_json(json& j, const std::optional<std::string>& value) {
        if (value) {
            j = *value;
        } else {
            j = nullptr;
        }
    }
    static void from_json(const json& j, std::optional<std::string>& value) {
        if (j.is_null()) {
            value.reset();
        } else {
            value = j.get<std::string>();
        }
    }
};

// The statements kept in a detail have no bound arguments: they must read in a plan as they run.
template <>
struct adl_serializer<turntable::Statement> {
    static void to_json(json& j, const turntable::Statement& statement) {
        turntable::check(statement.arguments.empty(), "a planned statement has bound arguments");
        j = json{{"sql", statement.sql},
                 {"purpose", statement.purpose},
                 {"blocks", static_cast<int>(statement.blocks)}};
    }
    static void from_json(const json& j, turntable::Statement& statement) {
        statement.sql = j.at("sql").get<std::string>();
        statement.purpose = j.at("purpose").get<std::string>();
        statement.blocks = static_cast<turntable::Blocks>(j.at("blocks").get<int>());
    }
};

} // namespace nlohmann

namespace turntable::postgresql {

// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays): the macros of the library
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Names, schema, source, shadow, old, log, reverse_log, capture, truncate,
                                   reverse_capture, reverse_truncate, row_trigger, truncate_trigger, keep,
                                   keep_trigger)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyDetail, log_column, source, target, source_type, target_type,
                                   source_collation, target_collation, forward_sql, inverse_sql, source_image,
                                   target_image, source_equal, source_less, target_equal, target_less,
                                   descending)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ColumnDetail, target, type, collation, image, inserted, not_null,
                                   source_type, source_image, identity_column)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SourceColumn, name, type, image, generated, not_null, inverse_sql,
                                   default_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IndexStep, name, create, then, final_name, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FurtherLock, table, mode)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RowRule, rule, subject, violated_sql, value_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EvaluatedValue, subject, forward_sql, shown_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TableRule, rule, subject, count_sql, examples_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NativeStep, expected, done_sql, leftover_sql, cleanup_sql, subject, made,
                                   inverse_sql, undo_sql, in_transaction)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Detail, server_version, database_oid, source_oid, source_owner, names, key,
                                   key_index, columns, source_columns, overriding_system_value,
                                   reverse_overriding_system_value, create, drop_created, capture, uncapture,
                                   indexes, before_swap, swap_locks, swap, reverse_capture, reverse_uncapture,
                                   after_swap, revert_locks, revert, after_revert, contract, drop_logs,
                                   row_rules, evaluated, table_rules, way_back_rules, fingerprint_sql,
                                   fingerprint, image_before, image_after, image_final, settings, user_path,
                                   native)
// NOLINTEND(cppcoreguidelines-avoid-c-arrays)

std::string to_json(const Detail& detail) {
    const nlohmann::json json = detail;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Detail detail_from_json(const std::string& text) {
    try {
        return nlohmann::json::parse(text).get<Detail>();
    } catch (const nlohmann::json::exception& error) {
        throw Error{ErrorKind::needs_repair, "blueprint_damaged",
                    std::string{"the engine's part of the plan stored in the journal cannot be read: "} +
                        error.what()};
    }
}

Detail detail_of(const Blueprint& blueprint) {
    return detail_from_json(blueprint.detail);
}

} // namespace turntable::postgresql
