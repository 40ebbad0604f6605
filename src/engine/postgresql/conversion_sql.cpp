#include "conversion_sql.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "conversion_majors.hpp"
#include "conversion_units.hpp"
#include "conversion_values.hpp"
#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// As an assignment would: a cast to a text or bit string of a length cuts what is longer, in silence. The
// function behind the cast refuses it if it is told that the cast is not explicit.
std::string assigned(const std::string& expression, const std::string& type) {
    struct Length {
        std::string_view type, function, plain;
        int header; // what a type modifier counts besides the length
    };
    static constexpr std::array lengths{
        Length{"character varying", "\"varchar\"", "\"varchar\"", 4},
        Length{"character", "bpchar", "bpchar", 4}, Length{"char", "bpchar", "bpchar", 4},
        Length{"bit varying", "varbit", "varbit", 0}, Length{"bit", "\"bit\"", "varbit", 0}};
    const auto at = type.find('(');
    const std::string number = at == std::string::npos ? "" : type.substr(at + 1, type.size() - at - 2);
    for (const Length& length : lengths) {
        if (at != std::string::npos && type.ends_with(')') && type.substr(0, at) == length.type) {
            return fmt::format("pg_catalog.{}(({})::pg_catalog.{}, {}, false)", length.function, expression,
                               length.plain, std::stoi(number) + length.header);
        }
    }
    return fmt::format("({})::{}", expression, type);
}

// The expressions are taken as they are. Nothing can be said about classes, and a sum need not be conserved.
ConversionPlan compile_using(const Conversion& asked, const ConvertedColumn& source) {
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = asked.type ? native_type(*asked.type) : source.type;
    plan.forward_sql = assigned(*asked.expr, plan.target_type);
    if (asked.inverse) {
        plan.inverse_sql = assigned(*asked.inverse, source.type);
    }
    return plan;
}

ConversionPlan compile(const Conversion& asked, const ConvertedColumn& source) {
    if (asked.rule == "cents" || asked.rule == "minor_units" || asked.rule == "decimal" ||
        asked.rule == "integer") {
        return conversion::compile_units(asked, source);
    }
    if (asked.rule == "from_minor_units") {
        return conversion::compile_majors(asked, source);
    }
    if (asked.rule == "using") {
        return compile_using(asked, source);
    }
    if (auto plan = conversion::compile_values(asked, source)) {
        return *std::move(plan);
    }
    throw Error{
        ErrorKind::refused, "not_supported",
        fmt::format("the conversion {} of column {} is not built for PostgreSQL", asked.rule, asked.column)};
}

std::string sql_of(const Replacement& replacement, const std::string& type) {
    return fmt::format("{}::{}", conversion::literal(replacement.text), type);
}

} // namespace

ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source) {
    check_conversion(asked);
    ConversionPlan plan = compile(asked, source);
    if (const auto replacement = replacement_of(asked)) {
        put_replacement(plan, *replacement, sql_of(*replacement, plan.target_type));
    }
    return plan;
}

std::string native_type(std::string_view neutral) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 15> names{
        {{"int16", "smallint"},
         {"int32", "integer"},
         {"int64", "bigint"},
         {"decimal", "numeric"},
         {"float32", "real"},
         {"float64", "double precision"},
         {"text", "text"},
         {"varchar", "character varying"},
         {"bool", "boolean"},
         {"date", "date"},
         {"time", "time"},
         {"timestamp", "timestamp"},
         {"timestamptz", "timestamptz"},
         {"json", "json"},
         {"bytes", "bytea"}}};
    const auto type = neutral_type(neutral);
    if (!type) {
        return std::string{neutral};
    }
    for (const auto& [name, native] : names) {
        if (name == type->name) {
            if (name == "decimal") {
                return fmt::format("numeric({},{})", type->length, type->places);
            }
            return name == "varchar" ? fmt::format("character varying({})", type->length)
                                     : std::string{native};
        }
    }
    return type->name; // uuid
}

} // namespace turntable::postgresql

namespace turntable {

// Declared by the generated list of engines.
ConversionPlan explain_postgresql_conversion(std::string_view scheme, const Conversion& asked,
                                             std::string_view type);
ConversionPlan explain_postgresql_conversion(std::string_view, const Conversion& asked,
                                             std::string_view type) {
    postgresql::ConvertedColumn column;
    column.name = asked.column;
    column.type = postgresql::native_type(type);
    return postgresql::compile_conversion(asked, column);
}

} // namespace turntable
