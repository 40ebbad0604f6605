#include "conversion_values.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "conversion_json.hpp"
#include "conversion_text.hpp"
#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::mysql::conversion {
namespace {

// The class that a regular expression takes of one character; backslashes are for the literal's sake.
constexpr std::string_view uuid_pattern =
    R"('^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\\z')";
constexpr std::string_view epoch_start = "CAST('1970-01-01 00:00:00' AS DATETIME(6))";

class ValuesSql {
  public:
    ValuesSql(const Conversion& asked, const ConvertedColumn& source)
        : asked_(asked),
          source_(source),
          type_(column_type(source.type)),
          unit_(unit_conversion(asked)),
          plan_(started_plan(asked, source.name, source.type)) {
        x_ = quoted(source.name);
        y_ = quoted(plan_.target_column);
    }

    ConversionPlan timestamp() {
        need(type_.kind == TypeKind::integer, "tinyint, smallint, mediumint, int and bigint");
        plan_.target_type = native_type(asked_.type.value_or("timestamptz"));
        const std::string base = column_type(plan_.target_type).base;
        if (base != "timestamp" && base != "datetime") {
            throw Error{
                ErrorKind::usage, "bad_conversion",
                fmt::format("the conversion of column {} (timestamp) yields timestamptz or timestamp: "
                            "type {} is none of them",
                            asked_.column, *asked_.type)};
        }
        const int places = epoch_places(asked_);
        const std::string factor = Decimal{1}.scaled(places).to_string();
        // A TIMESTAMP ends with the seconds of 31 bits, a DATETIME begins with the year 1000.
        const std::int64_t first = base == "timestamp" ? 1 : -30610224000;
        const std::int64_t last = base == "timestamp" ? 2147483647 : 253402300799;
        const std::string outside =
            fmt::format("{0} NOT BETWEEN {1} AND {2}", x_, Decimal{first}.scaled(places).to_string(),
                        (Decimal{last + 1}.scaled(places) - Decimal{1}).to_string());
        plan_.forward_sql = fmt::format(
            "CAST(CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN {2} ELSE {3} END AS DATETIME(6))", x_,
            outside, refused(unit_.overflow, "out of the range of " + base), moment_of(x_, places));
        plan_.is_out_of_range = fmt::format("COALESCE({}, FALSE)", outside);
        const std::string micros = micros_of(y_);
        const std::string finest = Decimal{1}.scaled(6 - places).to_string();
        plan_.inverse_sql = fmt::format("CASE WHEN MOD({0}, {1}) = 0 THEN {0} DIV {1} WHEN {2} IS NULL THEN "
                                        "NULL ELSE {3} END",
                                        micros, finest, y_, refused_back());
        return plan_;
    }

    ConversionPlan epoch() {
        need(type_.base == "datetime" || type_.base == "timestamp", "datetime and timestamp");
        plan_.target_type = "bigint";
        const int places = epoch_places(asked_);
        const std::string micros = micros_of(x_);
        const std::string finest = Decimal{1}.scaled(6 - places).to_string();
        // A zero date has no count at all.
        const std::string bad = fmt::format("({0} IS NULL OR MOD({0}, {1}) <> 0)", micros, finest);
        plan_.forward_sql =
            fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN {2} ELSE {3} DIV {4} END", x_, bad,
                        refused(unit_.malformed, "no moment, or finer than the unit"), micros, finest);
        plan_.is_rejected = fmt::format("({} IS NOT NULL AND {})", x_, bad);
        plan_.inverse_sql =
            fmt::format("CAST(CASE WHEN {0} IS NULL THEN NULL WHEN {0} BETWEEN {1} AND {2} THEN {3} ELSE {4} "
                        "END AS DATETIME(6))",
                        y_, Decimal{-30610224000}.scaled(places).to_string(),
                        (Decimal{253402300800}.scaled(places) - Decimal{1}).to_string(),
                        moment_of(y_, places), refused_back());
        return plan_;
    }

    ConversionPlan date() {
        need(type_.kind == TypeKind::text, "char, varchar and text");
        plan_.target_type = "date";
        const DatePicture picture = date_picture(asked_);
        const auto part = [&](std::size_t from, int length) {
            return fmt::format("SUBSTR({}, {}, {})", x_, from + 1, length);
        };
        const std::string year = part(picture.year, 4);
        const std::string month = part(picture.month, 2);
        const std::string day = part(picture.day, 2);
        const std::string formless = fmt::format("{} NOT REGEXP {}", x_, shape(picture));
        const std::string last = fmt::format(
            "CASE WHEN {1} + 0 IN (4, 6, 9, 11) THEN 30 WHEN {1} + 0 <> 2 THEN 31 WHEN MOD({0} + 0, 4) = 0 "
            "AND (MOD({0} + 0, 100) <> 0 OR MOD({0} + 0, 400) = 0) THEN 29 ELSE 28 END",
            year, month);
        const std::string no_day =
            fmt::format("NOT ({} + 0 >= 1 AND {} + 0 BETWEEN 1 AND 12 AND {} + 0 BETWEEN 1 AND {})", year,
                        month, day, last);
        const std::string refusal = refused(unit_.malformed, "not a date of the form " + picture.text);
        plan_.forward_sql = fmt::format(
            "CAST(CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN {2} WHEN {3} THEN {2} ELSE CONCAT({4}, '-', "
            "{5}, '-', {6}) END AS DATE)",
            x_, formless, refusal, no_day, year, month, day);
        plan_.is_rejected = fmt::format("CASE WHEN {} IS NULL THEN FALSE WHEN {} THEN TRUE ELSE {} END", x_,
                                        formless, no_day);
        std::string pattern = picture.text;
        pattern.replace(picture.year, 4, "%Y--");
        pattern.replace(picture.month, 2, "%m");
        pattern.replace(picture.day, 2, "%d");
        pattern.replace(pattern.find("%Y--"), 4, "%Y");
        plan_.inverse_sql = fmt::format("DATE_FORMAT({}, {})", y_, literal(pattern));
        return plan_;
    }

    // boolean, enum, lookup
    ConversionPlan map() {
        const bool integer = type_.kind == TypeKind::integer;
        need(integer || type_.kind == TypeKind::text || type_.base == "enum", "integers, texts and enums");
        const ValueMap map = value_map(asked_, integer ? std::array<std::string, 2>{"1", "0"}
                                                       : std::array<std::string, 2>{"true", "false"});
        const bool boolean = asked_.rule == "boolean";
        plan_.target_type = boolean ? native_type(asked_.type.value_or("bool")) : target_of(map);
        const bool numbers = column_type(plan_.target_type).kind == TypeKind::integer;
        std::string forward = fmt::format("CASE WHEN {} IS NULL THEN NULL", x_);
        std::string back = fmt::format("CASE WHEN {} IS NULL THEN NULL", y_);
        std::string known;
        for (const auto& [from, to] : map.pairs) {
            const std::string target = boolean ? (to == "true" ? "1" : "0") : to;
            forward += fmt::format(" WHEN {} = {} THEN {}", bytes_of(x_), bytes(from), literal(target));
            back += fmt::format(" WHEN {} = {} THEN {}", bytes_of(y_), bytes(target), literal(from));
            known += (known.empty() ? "" : ", ") + bytes(from);
        }
        forward += " ELSE " + refused(unit_.malformed, "none of the named values") + " END";
        plan_.forward_sql = numbers ? fmt::format("CAST({} AS SIGNED)", forward) : "(" + forward + ")";
        plan_.is_rejected = fmt::format("COALESCE({} NOT IN ({}), FALSE)", bytes_of(x_), known);
        if (map.has_inverse()) {
            back += " ELSE " + refused_back() + " END";
            plan_.inverse_sql = integer ? fmt::format("CAST({} AS SIGNED)", back) : "(" + back + ")";
        }
        return plan_;
    }

    ConversionPlan uuid() {
        need(type_.kind == TypeKind::text, "char, varchar and text");
        plan_.target_type = "binary(16)";
        const std::string formless = fmt::format("{} NOT REGEXP {}", x_, uuid_pattern);
        plan_.forward_sql =
            fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN {2} ELSE UNHEX(REPLACE({0}, '-', '')) "
                        "END",
                        x_, formless, refused(unit_.malformed, "not a UUID"));
        plan_.is_rejected = fmt::format("COALESCE({}, FALSE)", formless);
        const std::string hex = fmt::format("LOWER(HEX({}))", y_);
        plan_.inverse_sql =
            fmt::format("CONCAT(SUBSTR({0}, 1, 8), '-', SUBSTR({0}, 9, 4), '-', SUBSTR({0}, 13, 4), '-', "
                        "SUBSTR({0}, 17, 4), '-', SUBSTR({0}, 21))",
                        hex);
        return plan_;
    }

    ConversionPlan json() { return compile_json(asked_, source_); }
    ConversionPlan charset() { return compile_charset(asked_, source_); }
    ConversionPlan collation() { return compile_collation(asked_, source_); }

    ConversionPlan fill() {
        plan_.target_type = source_.type;
        plan_.forward_sql = fmt::format("COALESCE({}, ({}))", x_, *asked_.expr);
        plan_.inverse_sql = y_;
        return plan_;
    }

  private:
    void need(bool fits, std::string_view types) const {
        if (!fits) {
            throw Error{ErrorKind::refused, "not_supported",
                        fmt::format("column {} is of type {}: {} converts {}", source_.name, source_.type,
                                    asked_.rule, types)};
        }
    }
    [[nodiscard]] std::string refused(BadValuePolicy policy, const std::string& reason) const {
        return policy != BadValuePolicy::fail ? "NULL" : refusal(source_.name, x_, reason);
    }
    [[nodiscard]] std::string refused_back() const {
        return refusal(plan_.target_column, y_, "does not fit " + source_.type);
    }
    // Compared as bytes: collations call different values equal.
    [[nodiscard]] static std::string bytes_of(const std::string& value) {
        return fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY)", value);
    }
    [[nodiscard]] static std::string bytes(const std::string& text) {
        return fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY)", literal(text));
    }
    [[nodiscard]] static std::string micros_of(const std::string& value) {
        return fmt::format("TIMESTAMPDIFF(MICROSECOND, {}, {})", epoch_start, value);
    }
    [[nodiscard]] static std::string moment_of(const std::string& value, int places) {
        if (places == 0) {
            return fmt::format("{} + INTERVAL {} SECOND", epoch_start, value);
        }
        const std::string factor = Decimal{1}.scaled(places).to_string();
        const std::string rest = fmt::format("MOD(MOD({0}, {1}) + {1}, {1})", value, factor);
        return fmt::format("{} + INTERVAL (({} - {}) DIV {}) SECOND + INTERVAL ({} * {}) MICROSECOND",
                           epoch_start, value, rest, factor, rest, Decimal{1}.scaled(6 - places).to_string());
    }
    // ENUM(…) of the values where no type is named.
    [[nodiscard]] std::string target_of(const ValueMap& map) const {
        if (asked_.rule != "enum") {
            const std::string native = native_type(*asked_.type);
            const TypeKind kind = column_type(native).kind;
            if (kind != TypeKind::integer && kind != TypeKind::text) {
                throw Error{
                    ErrorKind::usage, "bad_conversion",
                    fmt::format("the conversion of column {} (lookup) makes integers and texts, not {}",
                                asked_.column, native)};
            }
            return native;
        }
        std::string values;
        for (const auto& [from, to] : map.pairs) {
            values += (values.empty() ? "" : ",") + literal(to);
        }
        return fmt::format("enum({})", values);
    }
    [[nodiscard]] static std::string shape(const DatePicture& picture) {
        std::string pattern = "'^";
        for (const char c : picture.text) {
            const bool digit = std::isalpha(static_cast<unsigned char>(c)) != 0;
            pattern += digit       ? std::string{"[0-9]"}
                       : c == '\'' ? std::string{"['']"}
                                   : fmt::format("[{}]", c);
        }
        return pattern + R"(\\z')";
    }

    Conversion asked_;
    ConvertedColumn source_;
    ColumnType type_;
    UnitConversion unit_;
    ConversionPlan plan_;
    std::string x_, y_;
};

} // namespace

std::optional<ConversionPlan> compile_values(const Conversion& asked, const ConvertedColumn& source) {
    ValuesSql sql{asked, source};
    return plan_by_rule(sql, asked.rule);
}

} // namespace turntable::mysql::conversion
