// The blueprint as JSON, as the journal keeps it. Field names are those of the structs; a field that this
// version does not know is an error, since running half a plan is worse than running none.
#include <nlohmann/json.hpp>

#include "turntable/blueprint.hpp"
#include "turntable/error.hpp"

namespace nlohmann {

template <typename T>
struct adl_serializer<std::optional<T>> {
    static void to_json(json& j, const std::optional<T>& value) {
        if (value) {
            j = *value;
        } else {
            j = nullptr;
        }
    }
    static void from_json(const json& j, std::optional<T>& value) {
        if (j.is_null()) {
            value.reset();
        } else {
            value = j.get<T>();
        }
    }
};

template <>
struct adl_serializer<turntable::Value> {
    static void to_json(json& j, const turntable::Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            j = json{{"integer", *integer}};
        } else if (const auto* real = std::get_if<double>(&value)) {
            j = json{{"real", *real}};
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            j = json{{"text", *text}};
        } else if (const auto* blob = std::get_if<turntable::Blob>(&value)) {
            j = json{{"blob", std::vector<unsigned char>(blob->bytes.begin(), blob->bytes.end())}};
        } else {
            j = nullptr;
        }
    }
    static void from_json(const json& j, turntable::Value& value) {
        if (j.is_null()) {
            value = turntable::Null{};
        } else if (j.contains("integer")) {
            value = j.at("integer").get<std::int64_t>();
        } else if (j.contains("real")) {
            value = j.at("real").get<double>();
        } else if (j.contains("text")) {
            value = j.at("text").get<std::string>();
        } else {
            const auto bytes = j.at("blob").get<std::vector<unsigned char>>();
            value = turntable::Blob{std::string(bytes.begin(), bytes.end())};
        }
    }
};

template <>
struct adl_serializer<turntable::Seconds> {
    static void to_json(json& j, const turntable::Seconds& value) { j = value.count(); }
    static void from_json(const json& j, turntable::Seconds& value) {
        value = turntable::Seconds{j.get<std::int64_t>()};
    }
};

} // namespace nlohmann

namespace turntable {

// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays): the macros of the library
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TableName, schema, name)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Conversion, column, rule, scale, round, inexact, into, keep,
                                   same_name_accepted, nan, overflow, replacement, type, expr, inverse, extra)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Statement, sql, arguments, purpose, blocks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MappedColumn, target, source, forward_sql, inverse_sql, identity, compared)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyColumn, source, target, type)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ConversionPlan, asked, source_column, source_type, target_column,
                                   target_type, forward_sql, inverse_sql, is_rounded, is_not_finite,
                                   is_out_of_range, is_rejected, is_replaced, replacement, conserves_sum,
                                   scale, sum_source_sql, sum_error_sql, largest_error_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedStatement, phase, statement)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Estimate, rows, table_bytes, index_bytes, disk_needed, disk_free, expected)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Blueprint, engine, job, source, shadow_name, log_name, reverse_log_name,
                                   old_name, shadow_schema, strategy, strategy_reason, revert, revert_reason,
                                   key, columns, dropped_columns, conversions, script, made_indexes, notes,
                                   estimate, detail)
// NOLINTEND(cppcoreguidelines-avoid-c-arrays)

namespace {
constexpr int blueprint_format = 1;
} // namespace

std::string to_json(const Blueprint& blueprint) {
    nlohmann::json json = blueprint;
    json["format"] = blueprint_format;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Blueprint blueprint_from_json(const std::string& text) {
    try {
        auto json = nlohmann::json::parse(text);
        json.emplace("made_indexes", nlohmann::json::array()); // plans of earlier versions have none
        if (json.at("format").get<int>() != blueprint_format) {
            throw Error{ErrorKind::needs_repair, "blueprint_format",
                        "the job was planned by a version of turntable with another plan format"};
        }
        return json.get<Blueprint>();
    } catch (const nlohmann::json::exception& error) {
        throw Error{ErrorKind::needs_repair, "blueprint_damaged",
                    std::string{"the plan stored in the journal cannot be read: "} + error.what()};
    }
}

} // namespace turntable
