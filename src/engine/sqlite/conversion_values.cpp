#include "conversion_values.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "names.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::sqlite::conversion {
namespace {

std::string call(std::string_view rule, const std::string& value, const std::string& parameter,
                 std::string_view accepted) {
    return fmt::format("turntable_value('{}', {}, {}, '{}')", rule, value, text_literal(parameter), accepted);
}

class ValuesSql {
  public:
    ValuesSql(const Conversion& asked, const ConvertedColumn& source)
        : asked_(asked), source_(source), plan_(started_plan(asked, source.name, source.type)) {
        x_ = identifier(source.name);
        y_ = identifier(plan_.target_column);
        const UnitConversion unit = unit_conversion(asked);
        accepted_ = unit.malformed != BadValuePolicy::fail ? "rejected" : "";
        accepted_ += unit.overflow != BadValuePolicy::fail ? " out_of_range" : "";
    }

    ConversionPlan timestamp() {
        const std::string places = std::to_string(epoch_places(asked_));
        plan_.target_type = native_type(asked_.type.value_or("timestamptz"));
        both("moment", places, "epoch", places);
        plan_.is_out_of_range = is_class("moment", places, "out_of_range");
        return plan_;
    }
    ConversionPlan epoch() {
        const std::string places = std::to_string(epoch_places(asked_));
        plan_.target_type = "INTEGER";
        both("epoch", places, "moment", places);
        return plan_;
    }
    ConversionPlan date() {
        const std::string picture = date_picture(asked_).text;
        plan_.target_type = "TEXT"; // an affinity of NUMERIC, which the name DATE has, serves no text
        both("date", picture, "date_text", picture);
        return plan_;
    }
    ConversionPlan uuid() {
        plan_.target_type = "BLOB";
        both("uuid", "", "uuid_text", "");
        return plan_;
    }
    // boolean, enum, lookup: values are compared as text, as in CAST(x AS TEXT)
    ConversionPlan map() {
        const bool integer = lower(source_.type).find("int") != std::string::npos;
        const ValueMap map = value_map(asked_, integer ? std::array<std::string, 2>{"1", "0"}
                                                       : std::array<std::string, 2>{"true", "false"});
        const bool boolean = asked_.rule == "boolean";
        plan_.target_type = boolean ? "INTEGER" : asked_.rule == "enum" ? "TEXT" : native_type(*asked_.type);
        const bool numbers = lower(plan_.target_type).find("int") != std::string::npos;
        std::string forward = "CASE";
        std::string back = "CASE";
        for (const auto& [from, to] : map.pairs) {
            const std::string target = boolean ? (to == "true" ? "1" : "0") : to;
            forward += when(x_, from, target, numbers);
            back += when(y_, target, from, integer);
        }
        // Which class a value has is asked without evaluating what would fail.
        std::string known = "CASE";
        for (const auto& [from, to] : map.pairs) {
            known += when(x_, from, "0", true);
        }
        plan_.is_rejected = known + fmt::format(" ELSE {} IS NOT NULL END", x_);
        plan_.forward_sql =
            forward + " ELSE " + call("none", x_, "none of the named values", accepted_) + " END";
        if (map.has_inverse()) {
            plan_.inverse_sql =
                back + " ELSE " + call("none", y_, "not of the old column's values", "") + " END";
        }
        return plan_;
    }
    // The text stays what it is. The column gets no CHECK of its own: an SQLite without the JSON functions
    // would fail at every write of another program.
    ConversionPlan json() {
        const std::string type = native_type(asked_.type.value_or("json"));
        if (type != "TEXT") {
            throw Error{
                ErrorKind::usage, "bad_conversion",
                fmt::format("the conversion of column {} (json) yields text, not {}", asked_.column, type)};
        }
        plan_.target_type = type;
        both("json", "", "json_text", "");
        return plan_;
    }
    ConversionPlan charset() {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format(
                "column {} cannot change its character set: SQLite has one encoding, UTF-8 or UTF-16, "
                "for the whole database",
                source_.name)};
    }
    // The values stay; Design gives the column its COLLATE.
    ConversionPlan collation() {
        plan_.source_type = source_.type + " COLLATE " + source_.collation; // what undoes it
        plan_.target_type = source_.type + " COLLATE " + sqlite_collation(asked_);
        plan_.forward_sql = x_;
        plan_.inverse_sql = y_;
        return plan_;
    }

    ConversionPlan fill() {
        plan_.target_type = source_.type;
        plan_.forward_sql = fmt::format("coalesce({}, ({}))", x_, *asked_.expr);
        plan_.inverse_sql = y_;
        return plan_;
    }

  private:
    [[nodiscard]] std::string is_class(std::string_view rule, const std::string& parameter,
                                       std::string_view name) const {
        return fmt::format("turntable_value_class('{}', {}, {}) = '{}'", rule, x_, text_literal(parameter),
                           name);
    }
    void both(std::string_view rule, const std::string& parameter, std::string_view back,
              const std::string& back_parameter) {
        plan_.forward_sql = call(rule, x_, parameter, accepted_);
        plan_.inverse_sql = call(back, y_, back_parameter, "");
        plan_.is_rejected = is_class(rule, parameter, "rejected");
    }
    [[nodiscard]] static std::string when(const std::string& value, const std::string& is,
                                          const std::string& then, bool number) {
        return fmt::format(
            " WHEN typeof({0}) IN ('text', 'integer') AND CAST({0} AS TEXT) COLLATE BINARY = {1} "
            "THEN {2}",
            value, text_literal(is),
            number ? fmt::format("CAST({} AS INTEGER)", text_literal(then)) : text_literal(then));
    }

    Conversion asked_;
    ConvertedColumn source_;
    ConversionPlan plan_;
    std::string x_, y_, accepted_;
};

} // namespace

std::string sqlite_collation(const Conversion& asked) {
    std::string name = wanted_name(asked);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (name != "BINARY" && name != "NOCASE" && name != "RTRIM") {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format(
                "column {}: SQLite itself has the collations BINARY, NOCASE and RTRIM; {} is known to "
                "the program that registers it, and to no other",
                asked.column, wanted_name(asked))};
    }
    return name;
}

std::optional<ConversionPlan> compile_values(const Conversion& asked, const ConvertedColumn& source) {
    ValuesSql sql{asked, source};
    return plan_by_rule(sql, asked.rule);
}

} // namespace turntable::sqlite::conversion
