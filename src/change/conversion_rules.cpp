// The rules themselves, and the names of roundings and policies.
#include "turntable/conversion_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "turntable/error.hpp"

namespace turntable {
namespace {

constexpr std::array rules{
    ConversionRule{"cents", "float, double, decimal, integer, numeric text", "integer",
                   "round inexact nan overflow malformed replacement into keep same_name type",
                   "value / 100 in the old type; a value that the old type cannot hold is refused",
                   "amount=cents,round=half_even,inexact=report,into=amount_cents", "float64", true},
    ConversionRule{"minor_units", "float, double, decimal, integer, numeric text", "integer",
                   "scale round inexact nan overflow malformed replacement into keep same_name type",
                   "value / 10^scale in the old type; a value that the old type cannot hold is refused",
                   "price=minor_units,scale=3,round=half_up,inexact=accept,into=price_fils", "float64", true},
    ConversionRule{"decimal", "float, double, decimal, integer, numeric text", "decimal(p,s)",
                   "type round inexact nan overflow malformed replacement into keep",
                   "the same number in the old type; a value that the old type cannot hold is refused",
                   "amount=decimal,type='decimal(12,2)',round=half_even,inexact=report", "float64"},
    ConversionRule{"from_minor_units", "integer", "decimal(p,s)",
                   "scale type overflow replacement into keep same_name",
                   "value × 10^scale; a value that is no integer then is refused",
                   "amount_cents=from_minor_units,type='decimal(12,2)',into=amount", "int64", true},
    ConversionRule{"integer", "float, double, decimal, integer, numeric text", "int16, int32, int64",
                   "type round inexact nan overflow malformed replacement into keep",
                   "the same number in the old type; a value that the old type cannot hold is refused",
                   "quantity=integer,type=int32", "text"},
    ConversionRule{"timestamp", "integer", "timestamp, with zone by default",
                   "unit type overflow replacement into keep same_name",
                   "the count since 1970; a finer value is refused",
                   "created=timestamp,unit=ms,into=created_at", "int64", true},
    ConversionRule{"epoch", "timestamp, with or without zone (UTC)", "int64: units since 1970",
                   "unit nan malformed replacement into keep same_name",
                   "the timestamp; a value out of its range is refused",
                   "created_at=epoch,unit=us,into=created_us", "timestamptz", true},
    ConversionRule{"date", "text", "date", "format malformed replacement into keep",
                   "the date in the same format", "born=date,format=DD.MM.YYYY", "varchar(10)"},
    ConversionRule{"boolean", "text, integer", "bool", "true false malformed replacement into keep",
                   "the same two words", "active=boolean,true=yes,false=no", "varchar(10)"},
    ConversionRule{"enum", "text", "enum: type= names it on PostgreSQL, elsewhere the values make it",
                   "values type malformed replacement into keep", "the same text",
                   "state=enum,values='open;closed',type=state_t", "varchar(10)"},
    ConversionRule{"lookup", "text, integer, enum", "integer, text",
                   "map type malformed replacement into keep same_name",
                   "the map read backwards; none where two values become one",
                   "state=lookup,map='open:1;closed:2',type=int16,into=state_id", "varchar(10)", true},
    ConversionRule{"uuid", "text", "uuid; 16 bytes on MySQL, MariaDB and SQLite",
                   "malformed replacement into keep", "the same UUID in lower case", "token=uuid",
                   "varchar(36)"},
    ConversionRule{"json", "text",
                   "json: jsonb on PostgreSQL, or json by type=; JSON on MySQL and MariaDB; text on SQLite",
                   "type duplicates malformed overflow replacement into",
                   "the document as the database writes it",
                   "body=json,malformed=quarantine,replacement='{}'", "text"},
    ConversionRule{"charset", "text", "the same type in another character set (MySQL, MariaDB)",
                   "to collation malformed overflow replacement into",
                   "the same text in the old character set; one that it cannot hold is refused",
                   "note=charset,to=latin1,malformed=quarantine,replacement='?'", "varchar(40)"},
    ConversionRule{"collation", "text", "the same values, compared in another way", "to into",
                   "the same text", "note=collation,to=binary", "varchar(40)"},
    ConversionRule{"fill", "NULL", "the expression's value, and NOT NULL", "expr default",
                   "the same value; NULL comes back in rows that were not changed since",
                   "note=fill,expr='''none''',default='''none'''", "varchar(40)"},
    ConversionRule{"using", "anything", "anything", "type expr inverse into keep",
                   "the given inverse; without one the way back is stated as irreversible",
                   "state=using,type=int16,expr='case state when ''open'' then 1 else 0 end',"
                   "inverse='case state when 1 then ''open'' else ''closed'' end'",
                   "text"},
};

template <typename Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<Rounding, 8> rounding_names{{{Rounding::half_even, "half_even"},
                                             {Rounding::half_up, "half_up"},
                                             {Rounding::half_down, "half_down"},
                                             {Rounding::up, "up"},
                                             {Rounding::down, "down"},
                                             {Rounding::ceiling, "ceiling"},
                                             {Rounding::floor, "floor"},
                                             {Rounding::exact_only, "exact_only"}}};
constexpr Names<InexactPolicy, 4> inexact_names{{{InexactPolicy::fail, "fail"},
                                                 {InexactPolicy::report, "report"},
                                                 {InexactPolicy::accept, "accept"},
                                                 {InexactPolicy::quarantine, "quarantine"}}};
constexpr Names<BadValuePolicy, 3> bad_value_names{{{BadValuePolicy::fail, "fail"},
                                                    {BadValuePolicy::null, "null"},
                                                    {BadValuePolicy::quarantine, "quarantine"}}};

template <typename Enum, std::size_t N>
std::string_view name_of(const Names<Enum, N>& names, Enum value) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.first == value; });
    check(found != names.end(), "an enumerator without a name");
    return found->second;
}

template <typename Enum, std::size_t N>
std::optional<Enum> named(const Names<Enum, N>& names, std::string_view name) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.second == name; });
    return found == names.end() ? std::nullopt : std::optional{found->first};
}

} // namespace

std::span<const ConversionRule> conversion_rules() {
    return rules;
}

const ConversionRule* find_conversion_rule(std::string_view name) {
    const auto* const found = std::find_if(rules.begin(), rules.end(),
                                           [&](const ConversionRule& rule) { return rule.name == name; });
    return found == rules.end() ? nullptr : found;
}

std::string_view to_string(Rounding rounding) {
    return name_of(rounding_names, rounding);
}
std::string_view to_string(InexactPolicy policy) {
    return name_of(inexact_names, policy);
}
std::string_view to_string(BadValuePolicy policy) {
    return name_of(bad_value_names, policy);
}
std::optional<Rounding> rounding_named(std::string_view name) {
    return named(rounding_names, name);
}
std::optional<InexactPolicy> inexact_policy_named(std::string_view name) {
    return named(inexact_names, name);
}
std::optional<BadValuePolicy> bad_value_policy_named(std::string_view name) {
    return named(bad_value_names, name);
}

bool quarantines(const Conversion& conversion) {
    return conversion.inexact == InexactPolicy::quarantine || conversion.nan == BadValuePolicy::quarantine ||
           conversion.overflow == BadValuePolicy::quarantine ||
           unit_conversion(conversion).malformed == BadValuePolicy::quarantine;
}

UnitConversion unit_conversion(const Conversion& conversion) {
    UnitConversion unit;
    unit.scale = conversion.scale.value_or(conversion.rule == "integer" ? 0 : 2);
    unit.below = conversion.rule == "integer"   ? "no integer"
                 : conversion.rule == "decimal" ? "too precise for the places of the type"
                                                : "below the minor unit";
    unit.round_named = conversion.round.has_value();
    unit.round = conversion.round.value_or(Rounding::exact_only);
    unit.effective = unit.round == Rounding::exact_only ? Rounding::down : unit.round;
    unit.rounds = unit.round != Rounding::exact_only && conversion.inexact != InexactPolicy::fail;
    unit.nan = conversion.nan;
    unit.overflow = conversion.overflow;
    if (const auto malformed = conversion.extra.find("malformed"); malformed != conversion.extra.end()) {
        unit.malformed = bad_value_policy_named(malformed->second).value_or(BadValuePolicy::fail);
    }
    if (const auto type = neutral_type(conversion.type.value_or("")); type && type->name == "decimal") {
        unit.precision = type->length;
        unit.places = type->places;
    }
    if (conversion.rule == "decimal") {
        unit.divides = true;
        unit.scale = unit.places;
    }
    return unit;
}

} // namespace turntable
