#include "conversion_majors.hpp"

#include <fmt/format.h>

#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql::conversion {

ConversionPlan compile_majors(const Conversion& asked, const ConvertedColumn& source) {
    if (kind_of(source.type) != TypeKind::integer) {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format("column {} is of type {}: from_minor_units converts smallint, integer and bigint",
                        source.name, source.type)};
    }
    const UnitConversion unit = unit_conversion(asked);
    const IntegerRange source_range = integer_range(asked, source.type);
    const std::string divisor = Decimal{1}.scaled(-unit.scale).to_string(unit.scale);
    const std::string type = decimal_range(unit.precision, unit.places).type;
    const std::string x = quoted(source.name);
    // The most digits of units whose value has precision - places digits before the point.
    const Decimal limit = Decimal{1}.scaled(unit.precision - unit.places + unit.scale);
    const std::string outside = fmt::format("abs({}::numeric) >= {}", x, limit.to_string());

    ConversionPlan plan = started_plan(asked, source.name, source.type);
    plan.target_type = type;
    plan.forward_sql = fmt::format("CASE WHEN {} THEN {} ELSE ({} * {})::{} END", outside,
                                   unit.overflow != BadValuePolicy::fail
                                       ? "NULL"
                                       : refusal(source.name, x, "out of the range of " + type, type),
                                   x, divisor, type);
    plan.is_out_of_range = fmt::format("coalesce({}, false)", outside);
    const std::string y = quoted(plan.target_column);
    const std::string units = fmt::format("({} * {})", y, Decimal{1}.scaled(unit.scale).to_string());
    plan.inverse_sql =
        fmt::format("CASE WHEN {0} = trunc({0}) AND {0} BETWEEN {1} AND {2} THEN {0}::{3} ELSE {4} END",
                    units, source_range.min, source_range.max, source_range.type,
                    refusal(plan.target_column, y, "does not fit " + source.type, source_range.type));
    plan.conserves_sum = true;
    plan.scale = -unit.scale;
    const std::string accepted = fmt::format("CASE WHEN {} THEN NULL ELSE {}", outside, x);
    plan.sum_source_sql = fmt::format("sum({}::numeric END)", accepted);
    plan.sum_error_sql = plan.largest_error_sql =
        fmt::format("max(CASE WHEN {} OR {} IS NULL THEN NULL ELSE 0 END)", outside, x);
    return plan;
}

} // namespace turntable::postgresql::conversion
