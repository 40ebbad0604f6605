#include "conversion_majors.hpp"

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql::conversion {

ConversionPlan compile_majors(const Conversion& asked, const ConvertedColumn& source) {
    if (column_type(source.type).kind != TypeKind::integer) {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format(
                "column {} is of type {}: from_minor_units converts tinyint, smallint, mediumint, int "
                "and bigint",
                source.name, source.type)};
    }
    const UnitConversion unit = unit_conversion(asked);
    const std::string divisor = Decimal{1}.scaled(-unit.scale).to_string(unit.scale);
    const std::string type = decimal_range(unit.precision, unit.places).type;
    const std::string x = quoted(source.name);
    const std::string wide = fmt::format("CAST({} AS DECIMAL(65,0))", x);
    // The most digits of units whose value has precision - places digits before the point.
    const Decimal limit = Decimal{1}.scaled(unit.precision - unit.places + unit.scale);
    const std::string outside = fmt::format("ABS({}) >= {}", wide, limit.to_string());

    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = type;
    plan.forward_sql = fmt::format("CASE WHEN {} THEN {} ELSE CAST({} * {} AS {}) END", outside,
                                   unit.overflow != BadValuePolicy::fail
                                       ? "NULL"
                                       : refusal(source.name, x, "out of the range of " + type),
                                   wide, divisor, type);
    plan.is_out_of_range = fmt::format("COALESCE({}, FALSE)", outside);
    // A number out of the range of the old type is refused by the server in strict mode.
    const std::string y = quoted(plan.target_column);
    const std::string units = fmt::format("({} * {})", y, Decimal{1}.scaled(unit.scale).to_string());
    plan.inverse_sql =
        fmt::format("CASE WHEN {0} IS NULL OR ROUND({1}) = {1} THEN CAST({1} AS DECIMAL(65,0)) ELSE {2} END",
                    y, units, refusal(plan.target_column, y, "does not fit " + source.type));
    plan.conserves_sum = true;
    plan.scale = -unit.scale;
    plan.sum_source_sql = fmt::format("SUM(CASE WHEN {} THEN NULL ELSE {} END)", outside, wide);
    plan.sum_error_sql = plan.largest_error_sql =
        fmt::format("MAX(CASE WHEN {} OR {} IS NULL THEN NULL ELSE 0 END)", outside, x);
    return plan;
}

} // namespace turntable::mysql::conversion
