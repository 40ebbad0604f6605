#include "plain_sql.hpp"

#include <fmt/format.h>

#include "conversion_sql.hpp"
#include "names.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/decimal.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

// Below 10^14 units every unit and every half unit is a decimal of at most 15 digits, so that one real number
// stands for each, and comparing a real number with those of its neighbours decides every rounding as the
// decimals would (docs/decisions/031).
constexpr int exact_digits = 14;
constexpr const char* whole_reals = "BETWEEN -9007199254740992 AND 9007199254740992";

std::string power(int exponent) {
    return Decimal{1}.scaled(exponent).to_string();
}

// Of x with the floor f of its units; `above`: the next unit.
std::string rounded(Rounding rounding, const std::string& factor) {
    const std::string below = "f", above = "f + 1";
    const auto half = [&](const std::string& tie) {
        const std::string middle = fmt::format("(2 * f + 1) / (2 * {})", factor);
        return fmt::format("CASE WHEN x < {0} THEN f WHEN x > {0} THEN f + 1 ELSE {1} END", middle, tie);
    };
    const auto by_sign = [](const std::string& positive, const std::string& negative) {
        return fmt::format("CASE WHEN x >= 0 THEN {} ELSE {} END", positive, negative);
    };
    switch (rounding) {
    case Rounding::half_even:
        return half("f + abs(f % 2)");
    case Rounding::half_up:
        return half(by_sign(above, below));
    case Rounding::half_down:
        return half(by_sign(below, above));
    case Rounding::up:
        return by_sign(above, below);
    case Rounding::down:
        return by_sign(below, above);
    case Rounding::ceiling:
        return above;
    case Rounding::floor:
        return below;
    case Rounding::exact_only:
        return "NULL";
    }
    check(false, "unknown Rounding");
    return {};
}

PlainSql units_of(int scale, Rounding rounding, std::int64_t max) {
    const std::string factor = power(scale) + ".0";
    const std::string near =
        fmt::format("typeof(x) = 'real' AND x > -{0}.0 AND x < {0}.0", power(exact_digits - scale));
    const std::string range = fmt::format("BETWEEN {} AND {}", -max - 1, max);
    return {
        fmt::format(
            "(SELECT CASE WHEN u {} THEN u END FROM (SELECT CASE WHEN typeof(x) = 'integer' AND x BETWEEN "
            "-{} AND {} THEN x * {} WHEN f / {} = x THEN f WHEN f IS NOT NULL THEN {} END AS u FROM "
            "(SELECT x, CASE WHEN (c + 1) / {} <= x THEN c + 1 WHEN c / {} <= x THEN c ELSE c - 1 END AS f "
            "FROM (SELECT x, CASE WHEN {} THEN CAST(x * {} AS INTEGER) END AS c FROM (SELECT ",
            range, power(exact_digits - scale), power(exact_digits - scale), power(scale), factor,
            rounded(rounding, factor), factor, factor, near, factor),
        " AS x)))))"};
}

// An integer affinity takes whole numbers only.
PlainSql majors_of(int scale, bool integer) {
    const std::string divisor = power(scale);
    const std::string value = integer ? fmt::format("CASE WHEN y % {0} = 0 THEN y / {0} END", divisor)
                                      : fmt::format("y / {}.0", divisor);
    return {fmt::format("(SELECT CASE WHEN typeof(y) = 'integer' AND y {} THEN {} END FROM (SELECT ",
                        whole_reals, value),
            " AS y))"};
}

std::string affinity_word(const std::string& type) {
    const std::string name = lower(type);
    const auto has = [&](const char* word) { return name.find(word) != std::string::npos; };
    return has("int") ? "integer" : has("char") || has("clob") || has("text") ? "text" : "real";
}

// Over one column: a subquery gives it its name.
PlainSql over_column(const std::string& expression, const std::string& column) {
    return {"(SELECT " + expression + " FROM (SELECT ", " AS " + identifier(column) + "))"};
}

// A map is plain but for its end, which refuses.
std::string without_refusal(const std::string& map) {
    const std::size_t refusal = map.rfind(" ELSE turntable_value(");
    check(refusal != std::string::npos, "a map without its refusal");
    return map.substr(0, refusal) + " END";
}

bool nulls_bad_values(const ConversionPlan& plan) {
    const UnitConversion unit = unit_conversion(plan.asked);
    return unit.nan == BadValuePolicy::null || unit.overflow == BadValuePolicy::null ||
           unit.malformed == BadValuePolicy::null;
}

} // namespace

std::optional<PlainConversion> plain_conversion(const ConversionPlan& plan) {
    const std::string& rule = plan.asked.rule;
    if (!plan.inverse_sql || nulls_bad_values(plan)) {
        return std::nullopt;
    }
    const std::string from = affinity_word(plan.source_type);
    const UnitConversion unit = unit_conversion(plan.asked);
    if (rule == "cents" || rule == "minor_units" || rule == "integer") {
        const auto neutral = neutral_type(plan.asked.type.value_or("int64"));
        const std::int64_t max = neutral && neutral->name == "int16"   ? INT16_MAX
                                 : neutral && neutral->name == "int32" ? INT32_MAX
                                                                       : INT64_MAX;
        if (from == "text") {
            return std::nullopt;
        }
        const Rounding rounding = unit.rounds ? unit.effective : Rounding::exact_only;
        return PlainConversion{units_of(unit.scale, rounding, max), majors_of(unit.scale, from == "integer")};
    }
    if (rule == "from_minor_units") {
        return PlainConversion{majors_of(unit.scale, false),
                               units_of(unit.scale, Rounding::exact_only, INT64_MAX)};
    }
    if (rule == "boolean" || rule == "enum" || rule == "lookup") {
        return PlainConversion{over_column(without_refusal(plan.forward_sql), plan.source_column),
                               over_column(without_refusal(*plan.inverse_sql), plan.target_column)};
    }
    if (rule == "using") {
        return PlainConversion{over_column(plan.forward_sql, plan.source_column),
                               over_column(*plan.inverse_sql, plan.target_column)};
    }
    return std::nullopt;
}

} // namespace turntable::sqlite
