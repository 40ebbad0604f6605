#include "conversion_values.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "conversion_json.hpp"
#include "conversion_words.hpp"
#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::postgresql::conversion {
namespace {

constexpr std::string_view uuid_pattern =
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";

class ValuesSql {
  public:
    ValuesSql(const Conversion& asked, const ConvertedColumn& source)
        : asked_(asked),
          source_(source),
          kind_(kind_of(source.type)),
          unit_(unit_conversion(asked)),
          plan_(started_plan(asked, source.name, source.type)) {
        x_ = quoted(source.name);
        y_ = quoted(plan_.target_column);
    }

    ConversionPlan timestamp() {
        need(kind_ == TypeKind::integer, "smallint, integer and bigint");
        plan_.target_type = native_type(asked_.type.value_or("timestamptz"));
        if (plan_.target_type != "timestamptz" && plan_.target_type != "timestamp") {
            throw bad_type("timestamptz or timestamp");
        }
        const int places = epoch_places(asked_);
        const EpochLimits limits = epoch_limits(places);
        const std::string wide = fmt::format("{}::bigint", x_);
        const std::string outside = fmt::format("{} NOT BETWEEN {} AND {}", wide, limits.min, limits.max);
        std::string value = fmt::format("{} 'epoch' + {} * interval '1 second'", plan_.target_type, wide);
        if (places > 0) {
            // Seconds and the rest apart: a product of an interval is exact below 2^53 only.
            const std::string factor = Decimal{1}.scaled(places).to_string();
            const std::string rest = fmt::format("((({0} % {1}) + {1}) % {1})", wide, factor);
            value = fmt::format("{} 'epoch' + (({} - {}) / {}) * interval '1 second' + {} * interval '{} "
                                "microseconds'",
                                plan_.target_type, wide, rest, factor, rest,
                                Decimal{1}.scaled(6 - places).to_string());
        }
        plan_.forward_sql = fmt::format("CASE WHEN {} THEN {} ELSE {} END", outside,
                                        refused(unit_.overflow, "not in the years 1 to 9999"), value);
        plan_.is_out_of_range = fmt::format("coalesce({}, false)", outside);
        const std::string back = epoch_of(y_, places);
        plan_.inverse_sql = fmt::format("CASE WHEN {0} = trunc({0}) THEN ({0})::{1} ELSE {2} END", back,
                                        source_.type, refused_back(source_.type));
        plan_.inverse_sql = fmt::format("CASE WHEN isfinite({}) IS NOT FALSE THEN {} ELSE {} END", y_,
                                        *plan_.inverse_sql, refused_back(source_.type));
        return plan_;
    }

    ConversionPlan epoch() {
        need(source_.type.starts_with("timestamp"), "timestamp and timestamptz");
        plan_.target_type = "bigint";
        const int places = epoch_places(asked_);
        const std::string units = epoch_of(x_, places);
        const std::string finer = fmt::format("{0} <> trunc({0})", units);
        const std::string endless = fmt::format("NOT isfinite({})", x_);
        plan_.forward_sql = fmt::format("CASE WHEN {} THEN {} WHEN {} THEN {} ELSE ({})::bigint END", endless,
                                        refused(unit_.nan, "not finite"), finer,
                                        refused(unit_.malformed, "finer than the unit"), units);
        plan_.is_not_finite = fmt::format("coalesce({}, false)", endless);
        plan_.is_rejected = fmt::format("CASE WHEN isfinite({}) THEN {} ELSE false END", x_, finer);
        const std::string factor = Decimal{1}.scaled(places).to_string();
        const std::string rest = fmt::format("((({0} % {1}) + {1}) % {1})", y_, factor);
        const std::string zone = source_.type.find("with time zone") != std::string::npos ||
                                         source_.type.starts_with("timestamptz")
                                     ? "timestamptz"
                                     : "timestamp";
        const EpochLimits limits = epoch_limits(places);
        plan_.inverse_sql = fmt::format(
            "CASE WHEN {0} BETWEEN {1} AND {2} THEN ({3} 'epoch' + (({0} - {4}) / {5}) * interval '1 second' "
            "+ {4} * interval '{6} microseconds')::{7} WHEN {0} IS NULL THEN NULL ELSE {8} END",
            y_, limits.min, limits.max, zone, rest, factor, Decimal{1}.scaled(6 - places).to_string(),
            source_.type, refused_back(source_.type));
        return plan_;
    }

    ConversionPlan date() {
        need(kind_ == TypeKind::text, "text, varchar and char");
        plan_.target_type = "date";
        const DatePicture picture = date_picture(asked_);
        const std::string text = x_ + "::text COLLATE \"C\"";
        const auto part = [&](std::size_t from, int length) {
            return fmt::format("substr({}::text, {}, {})::int", x_, from + 1, length);
        };
        const std::string year = part(picture.year, 4);
        const std::string month = part(picture.month, 2);
        const std::string day = part(picture.day, 2);
        const std::string formless = fmt::format("{} !~ {}", text, literal(shape(picture)));
        const std::string last = fmt::format(
            "CASE WHEN {1} IN (4, 6, 9, 11) THEN 30 WHEN {1} <> 2 THEN 31 WHEN {0} % 4 = 0 AND ({0} % 100 "
            "<> 0 OR {0} % 400 = 0) THEN 29 ELSE 28 END",
            year, month);
        const std::string no_day = fmt::format(
            "NOT ({} >= 1 AND {} BETWEEN 1 AND 12 AND {} BETWEEN 1 AND {})", year, month, day, last);
        const std::string refusal = refused(unit_.malformed, "not a date of the form " + picture.text);
        plan_.forward_sql =
            fmt::format("CASE WHEN {0} IS NULL THEN NULL WHEN {1} THEN {2} WHEN {3} THEN {2} ELSE "
                        "make_date({4}, {5}, {6}) END",
                        x_, formless, refusal, no_day, year, month, day);
        plan_.is_rejected = fmt::format("CASE WHEN {} IS NULL THEN false WHEN {} THEN true ELSE {} END", x_,
                                        formless, no_day);
        std::string back = literal(picture.text);
        const auto put = [&](const char* word, int digits) {
            back = fmt::format("replace({}, '{}', lpad(extract({} from {})::int::text, {}, '0'))", back, word,
                               digits == 4      ? "year"
                               : word[0] == 'M' ? "month"
                                                : "day",
                               y_, digits);
        };
        put("YYYY", 4);
        put("MM", 2);
        put("DD", 2);
        plan_.inverse_sql = fmt::format("CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31' THEN {1} WHEN "
                                        "{0} IS NULL THEN NULL ELSE {2} "
                                        "END",
                                        y_, back, refused_back("text"));
        return plan_;
    }

    // boolean, enum, lookup
    ConversionPlan map() {
        const bool integer = kind_ == TypeKind::integer;
        const ValueMap map = value_map(asked_, integer ? std::array<std::string, 2>{"1", "0"}
                                                       : std::array<std::string, 2>{"true", "false"});
        if (asked_.rule == "enum" && !asked_.type) {
            throw Error{
                ErrorKind::usage, "bad_conversion",
                fmt::format("the conversion of column {} (enum) needs type=, the name of an enum type "
                            "that has these values",
                            asked_.column)}
                .next("CREATE TYPE … AS ENUM (…) first");
        }
        plan_.target_type = native_type(asked_.type.value_or("bool"));
        std::string forward = fmt::format("CASE WHEN {} IS NULL THEN NULL", x_);
        std::string back = fmt::format("CASE WHEN {} IS NULL THEN NULL", y_);
        std::string known;
        for (const auto& [from, to] : map.pairs) {
            forward += fmt::format(" WHEN {}::text COLLATE \"C\" = {} THEN {}::{}", x_, literal(from),
                                   literal(to), plan_.target_type);
            back += fmt::format(" WHEN {}::text COLLATE \"C\" = {} THEN {}::{}", y_, literal(to),
                                literal(from), source_.type);
            known += (known.empty() ? "" : ", ") + literal(from);
        }
        plan_.forward_sql =
            forward + " ELSE " + refused(unit_.malformed, "none of the named values") + " END";
        plan_.is_rejected = fmt::format("coalesce({}::text COLLATE \"C\" NOT IN ({}), false)", x_, known);
        if (map.has_inverse()) {
            plan_.inverse_sql = back + " ELSE " + refused_back(source_.type) + " END";
        }
        return plan_;
    }

    ConversionPlan uuid() {
        need(kind_ == TypeKind::text, "text, varchar and char");
        plan_.target_type = "uuid";
        const std::string formless = fmt::format("{}::text COLLATE \"C\" !~ {}", x_, literal(uuid_pattern));
        plan_.forward_sql = fmt::format("CASE WHEN {} THEN {} ELSE {}::text::uuid END", formless,
                                        refused(unit_.malformed, "not a UUID"), x_);
        plan_.is_rejected = fmt::format("coalesce({}, false)", formless);
        plan_.inverse_sql = y_ + "::text";
        return plan_;
    }

    ConversionPlan json() { return compile_json(asked_, source_); }

    ConversionPlan charset() {
        throw Error{
            ErrorKind::refused, "not_supported",
            fmt::format(
                "column {} cannot change its character set: PostgreSQL has one encoding for the whole "
                "database",
                source_.name)}
            .next("text that lies in bytes is made one by using,type=text,expr='convert_from(COLUMN, "
                  "''LATIN1'')',inverse='convert_to(COLUMN, ''LATIN1'')'");
    }

    // The values stay; the column's collation follows from its type.
    ConversionPlan collation() {
        need(kind_ == TypeKind::text, "text, varchar and char");
        const std::string name = wanted_name(asked_);
        plan_.source_type = source_.type + source_.collation; // what undoes it
        plan_.target_type = fmt::format("{} COLLATE {}", source_.type,
                                        name == binary_collation              ? "pg_catalog.\"C\""
                                        : name.find('"') != std::string::npos ? name
                                                                              : quoted(name));
        plan_.forward_sql = x_;
        plan_.inverse_sql = y_;
        return plan_;
    }

    ConversionPlan fill() {
        plan_.target_type = source_.type;
        plan_.forward_sql = fmt::format("COALESCE({}, ({})::{})", x_, *asked_.expr, source_.type);
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
    [[nodiscard]] Error bad_type(std::string_view types) const {
        return Error{ErrorKind::usage, "bad_conversion",
                     fmt::format("the conversion of column {} ({}) yields {}: type {} is none of them",
                                 asked_.column, asked_.rule, types, *asked_.type)};
    }
    // A sentence fails as bigint; its text may stand for every type.
    [[nodiscard]] static std::string failing(const std::string& column, const std::string& value,
                                             const std::string& reason, const std::string& type) {
        return fmt::format("({})::text::{}", refusal(column, value, reason, "bigint"), type);
    }
    [[nodiscard]] std::string refused(BadValuePolicy policy, const std::string& reason) const {
        return policy != BadValuePolicy::fail ? "NULL" : failing(source_.name, x_, reason, plan_.target_type);
    }
    [[nodiscard]] std::string refused_back(const std::string& type) const {
        return failing(plan_.target_column, y_, "does not fit " + source_.type, type);
    }
    // The exact count of units, with decimals where the value is finer.
    [[nodiscard]] static std::string epoch_of(const std::string& value, int places) {
        return places == 0 ? fmt::format("extract(epoch from {})", value)
                           : fmt::format("(extract(epoch from {}) * {})", value,
                                         Decimal{1}.scaled(places).to_string());
    }
    [[nodiscard]] static std::string shape(const DatePicture& picture) {
        std::string pattern = "^";
        for (const char c : picture.text) {
            pattern += std::isalpha(static_cast<unsigned char>(c)) != 0 ? std::string{"[0-9]"}
                                                                        : fmt::format("[{}]", c);
        }
        return pattern + "$";
    }

    Conversion asked_;
    ConvertedColumn source_;
    TypeKind kind_;
    UnitConversion unit_;
    ConversionPlan plan_;
    std::string x_, y_;
};

} // namespace

std::optional<ConversionPlan> compile_values(const Conversion& asked, const ConvertedColumn& source) {
    ValuesSql sql{asked, source};
    return plan_by_rule(sql, asked.rule);
}

} // namespace turntable::postgresql::conversion
