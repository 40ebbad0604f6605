#include "conversion_sql.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "conversion_functions.hpp"
#include "conversion_values.hpp"
#include "names.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/decimal.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::sqlite {
namespace {

// The affinity that SQLite gives a column of the declared type (datatype3.html, 3.1), as far as numbers are
// concerned.
std::string_view number_storage(std::string_view declared) {
    std::string type{declared};
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto has = [&](const char* word) { return type.find(word) != std::string::npos; };
    if (has("INT")) {
        return "integer";
    }
    return has("CHAR") || has("CLOB") || has("TEXT") ? "text" : "real";
}

// The classes that do not stop the conversion, as turntable_minor_units takes them.
std::string accepted_classes(const UnitConversion& unit) {
    std::string words;
    const auto add = [&](bool accepted, std::string_view word) {
        if (accepted) {
            words += (words.empty() ? "" : " ") + std::string{word};
        }
    };
    add(unit.rounds, "rounded");
    add(unit.nan != BadValuePolicy::fail, "not_finite");
    add(unit.overflow != BadValuePolicy::fail, "out_of_range");
    add(unit.malformed != BadValuePolicy::fail, "rejected");
    return words;
}

// The largest integer of the target, in units.
std::int64_t units_max(const Conversion& asked, const UnitConversion& unit) {
    if (unit.divides) {
        // Every decimal of 15 digits is one real number and back.
        if (unit.precision > 15) {
            throw Error{
                ErrorKind::refused, "not_supported",
                fmt::format("the conversion of column {} to {}: SQLite keeps decimals as real numbers, which "
                            "are exact up to 15 digits",
                            asked.column, *asked.type)};
        }
        return *(Decimal{1}.scaled(unit.precision) - Decimal{1}).to_int64();
    }
    const auto neutral = neutral_type(asked.type.value_or("int64"));
    if (neutral && (neutral->name == "int16" || neutral->name == "int32")) {
        return neutral->name == "int16" ? INT16_MAX : INT32_MAX;
    }
    return INT64_MAX; // SQLite's own integer types have no narrower range
}

ConversionPlan compile_units(const Conversion& asked, const ConvertedColumn& source) {
    const UnitConversion unit = unit_conversion(asked);
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = native_type(asked.type.value_or("int64"));
    if (!unit.divides && number_storage(plan.target_type) != "integer") {
        throw Error{ErrorKind::usage, "bad_conversion",
                    fmt::format("the conversion of column {} ({}) yields an integer: type {} is not one",
                                asked.column, asked.rule, *asked.type)};
    }
    const std::string call = fmt::format("{}, {}, '{}', {}", identifier(source.name), unit.scale,
                                         to_string(unit.round), units_max(asked, unit));
    const auto is_class = [&](std::string_view name) {
        return fmt::format("turntable_minor_units_class({}) = '{}'", call, name);
    };
    const std::string y = identifier(plan.target_column);
    const std::string units = fmt::format("turntable_minor_units({}, '{}')", call, accepted_classes(unit));
    plan.forward_sql =
        unit.divides ? fmt::format("turntable_major_units({}, {}, 'real')", units, unit.scale) : units;
    plan.inverse_sql =
        unit.divides
            ? fmt::format("turntable_decimal_back({}, '{}')", y, number_storage(source.type))
            : fmt::format("turntable_major_units({}, {}, '{}')", y, unit.scale, number_storage(source.type));
    plan.is_rounded = is_class("rounded");
    plan.is_not_finite = is_class("not_finite");
    plan.is_out_of_range = is_class("out_of_range");
    plan.is_rejected = is_class("rejected");
    plan.conserves_sum = true;
    plan.scale = unit.divides ? 0 : unit.scale;
    // A decimal's errors are wanted in its own units, not in those that it was rounded in.
    const std::string in_target = unit.divides ? std::to_string(-unit.scale) : "0";
    plan.sum_source_sql = fmt::format("turntable_minor_units_sum({})", call);
    plan.sum_error_sql =
        fmt::format("turntable_scaled(turntable_minor_units_error_sum({}), {})", call, in_target);
    plan.largest_error_sql =
        fmt::format("turntable_scaled(turntable_minor_units_largest_error({}), {})", call, in_target);
    return plan;
}

// Integers of minor units as real numbers of major ones.
ConversionPlan compile_majors(const Conversion& asked, const ConvertedColumn& source) {
    const UnitConversion unit = unit_conversion(asked);
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = native_type(*asked.type);
    const int digits =
        std::min(unit.precision - unit.places + unit.scale, 15); // beyond, a real number is not exact
    const std::string call = fmt::format("{}, 0, 'exact_only', {}", identifier(source.name),
                                         (Decimal{1}.scaled(digits) - Decimal{1}).to_string());
    const auto is_class = [&](std::string_view name) {
        return fmt::format("turntable_minor_units_class({}) = '{}'", call, name);
    };
    plan.forward_sql = fmt::format("turntable_major_units(turntable_minor_units({}, '{}'), {}, 'real')", call,
                                   unit.overflow != BadValuePolicy::fail ? "out_of_range" : "", unit.scale);
    plan.inverse_sql = fmt::format("turntable_minor_units({}, {}, 'exact_only', {}, '')",
                                   identifier(plan.target_column), unit.scale, INT64_MAX);
    plan.is_rounded = is_class("rounded"); // a real number of minor units that is none; never accepted
    plan.is_not_finite = is_class("not_finite");
    plan.is_out_of_range = is_class("out_of_range");
    plan.is_rejected = is_class("rejected");
    plan.conserves_sum = true;
    plan.scale = -unit.scale;
    plan.sum_source_sql = fmt::format("turntable_minor_units_sum({})", call);
    plan.sum_error_sql = fmt::format("turntable_minor_units_error_sum({})", call);
    plan.largest_error_sql = fmt::format("turntable_minor_units_largest_error({})", call);
    return plan;
}

// The expressions are taken as they are. Nothing can be said about classes, and a sum need not be conserved.
ConversionPlan compile_using(const Conversion& asked, const ConvertedColumn& source) {
    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = asked.type ? native_type(*asked.type) : source.type;
    plan.forward_sql = fmt::format("({})", *asked.expr);
    if (asked.inverse) {
        plan.inverse_sql = fmt::format("({})", *asked.inverse);
    }
    return plan;
}

ConversionPlan compile(const Conversion& asked, const ConvertedColumn& source) {
    if (asked.rule == "cents" || asked.rule == "minor_units" || asked.rule == "decimal" ||
        asked.rule == "integer") {
        return compile_units(asked, source);
    }
    if (asked.rule == "from_minor_units") {
        return compile_majors(asked, source);
    }
    if (asked.rule == "using") {
        return compile_using(asked, source);
    }
    if (auto plan = conversion::compile_values(asked, source)) {
        return *std::move(plan);
    }
    throw Error{
        ErrorKind::refused, "not_supported",
        fmt::format("the conversion {} of column {} is not built for SQLite", asked.rule, asked.column)};
}

std::string sql_of(const Replacement& replacement, const Conversion& asked) {
    const std::string text = "'" + replacement.text + "'";
    switch (replacement.kind) {
    case Replacement::Kind::number:
        return replacement.text;
    case Replacement::Kind::text:
    case Replacement::Kind::json:
        return text_literal(replacement.text);
    case Replacement::Kind::boolean:
        return replacement.text == "true" ? "1" : "0";
    case Replacement::Kind::date:
        return text;
    case Replacement::Kind::moment: // in the form of the rule's other values
        return fmt::format("turntable_value('moment', turntable_value('epoch', {0}, '{1}', ''), '{1}', '')",
                           text, epoch_places(asked));
    case Replacement::Kind::uuid:
        return fmt::format("turntable_value('uuid', {}, '', '')", text);
    }
    check(false, "unknown Replacement::Kind");
    return {};
}

} // namespace

ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source) {
    check_conversion(asked);
    ConversionPlan plan = compile(asked, source);
    if (const auto replacement = replacement_of(asked)) {
        put_replacement(plan, *replacement, sql_of(*replacement, asked));
    }
    return plan;
}

// SQLite keeps the affinity of a declared name, so the names say both what is stored and what is meant.
std::string native_type(std::string_view neutral) {
    const auto type = neutral_type(neutral);
    if (!type) {
        return std::string{neutral};
    }
    if (type->name.starts_with("int")) {
        return "INTEGER";
    }
    if (type->name.starts_with("float")) {
        return "REAL";
    }
    if (type->name == "decimal") {
        return fmt::format("DECIMAL({},{})", type->length, type->places);
    }
    if (type->name == "varchar") {
        return fmt::format("VARCHAR({})", type->length);
    }
    if (type->name == "bool") {
        return "BOOLEAN";
    }
    return type->name == "bytes" ? "BLOB" : "TEXT";
}

void register_functions(sqlite3* connection) {
    conversion::register_unit_functions(connection);
    conversion::register_unit_sums(connection);
    conversion::register_value_functions(connection);
}

} // namespace turntable::sqlite

namespace turntable {

// Declared by the generated list of engines.
ConversionPlan explain_sqlite_conversion(std::string_view scheme, const Conversion& asked,
                                         std::string_view type);
ConversionPlan explain_sqlite_conversion(std::string_view, const Conversion& asked, std::string_view type) {
    return sqlite::compile_conversion(asked, {asked.column, sqlite::native_type(type), true});
}

} // namespace turntable
