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
#include "turntable/value_rules.hpp"

namespace turntable::mysql {
namespace {

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
    throw Error{ErrorKind::refused, "not_supported",
                fmt::format("the conversion {} of column {} is not built for MySQL and MariaDB", asked.rule,
                            asked.column)};
}

std::string sql_of(const Replacement& replacement, const Conversion& asked, const ConvertedColumn& source) {
    const std::string text = conversion::literal(replacement.text);
    switch (replacement.kind) {
    case Replacement::Kind::number:
        return replacement.text;
    case Replacement::Kind::text:
        return asked.rule == "charset" ? fmt::format("CONVERT({} USING {})", text, wanted_name(asked)) : text;
    case Replacement::Kind::boolean:
        return replacement.text == "true" ? "1" : "0";
    case Replacement::Kind::date:
        return fmt::format("CAST({} AS DATE)", text);
    case Replacement::Kind::moment:
        return fmt::format("CAST({} AS DATETIME(6))", text);
    case Replacement::Kind::uuid:
        return fmt::format("UNHEX(REPLACE({}, '-', ''))", text);
    case Replacement::Kind::json:
        return source.mariadb ? text : fmt::format("CAST({} AS JSON)", text);
    }
    check(false, "unknown Replacement::Kind");
    return {};
}

} // namespace

ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source) {
    check_conversion(asked);
    ConversionPlan plan = compile(asked, source);
    if (const auto replacement = replacement_of(asked)) {
        put_replacement(plan, *replacement, sql_of(*replacement, asked, source));
    }
    return plan;
}

std::string native_type(std::string_view neutral) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names{
        {{"int16", "smallint"},
         {"int32", "int"},
         {"int64", "bigint"},
         {"float32", "float"},
         {"float64", "double"},
         {"text", "longtext"},
         {"bool", "tinyint(1)"},
         {"date", "date"},
         {"time", "time(6)"},
         {"timestamp", "datetime(6)"},
         {"timestamptz", "timestamp(6)"},
         {"uuid", "char(36)"},
         {"json", "json"},
         {"bytes", "longblob"}}};
    const auto type = neutral_type(neutral);
    if (!type) {
        return std::string{neutral};
    }
    for (const auto& [name, native] : names) {
        if (name == type->name) {
            return std::string{native};
        }
    }
    return type->name == "decimal" ? fmt::format("decimal({},{})", type->length, type->places)
                                   : fmt::format("varchar({})", type->length);
}

} // namespace turntable::mysql

namespace turntable {

// Declared by the generated list of engines.
ConversionPlan explain_mysql_conversion(std::string_view scheme, const Conversion& asked,
                                        std::string_view type);
ConversionPlan explain_mysql_conversion(std::string_view scheme, const Conversion& asked,
                                        std::string_view type) {
    return mysql::compile_conversion(asked,
                                     {asked.column, mysql::native_type(type), true, scheme == "mariadb"});
}

} // namespace turntable
