#include "turntable/conversion_classes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/json_rules.hpp"
#include "turntable/value_rules.hpp"

namespace turntable {
namespace {

using Fate = PlannedClass::Fate;

Fate fate_of(BadValuePolicy policy) {
    switch (policy) {
    case BadValuePolicy::fail:
        return Fate::stops;
    case BadValuePolicy::null:
        return Fate::passes;
    case BadValuePolicy::quarantine:
        return Fate::quarantined;
    }
    check(false, "unknown BadValuePolicy");
    return Fate::stops;
}

Error bad(const Conversion& asked, const std::string& what) {
    return Error{ErrorKind::usage, "bad_conversion",
                 fmt::format("the conversion of column {} ({}) is not usable: replacement '{}' is {}",
                             asked.column, asked.rule, *asked.replacement, what)};
}

std::string any(const ConversionPlan& plan, Fate fate, bool with_rounded) {
    std::string out;
    for (const PlannedClass& one : planned_classes(plan)) {
        if (one.fate == fate && !(plan.*one.predicate).empty() &&
            (with_rounded || one.finding != "rounded")) {
            out += (out.empty() ? "(" : " OR (") + plan.*one.predicate + ")";
        }
    }
    return out;
}

std::int64_t integer_max(const std::string& type) {
    return type == "int16" ? INT16_MAX : type == "int32" ? INT32_MAX : INT64_MAX;
}

std::string integer(const Conversion& asked, const std::string& type) {
    const auto number = Decimal::parse(*asked.replacement);
    const auto whole = number ? number->to_int64() : std::nullopt;
    if (!whole || *whole > integer_max(type) || *whole < -integer_max(type) - 1) {
        throw bad(asked, "no integer of the new column");
    }
    return number->to_string();
}

std::string decimal(const Conversion& asked) {
    const UnitConversion unit = unit_conversion(asked);
    const auto number = Decimal::parse(*asked.replacement);
    if (!number || number->places() > unit.places ||
        number->absolute() >= Decimal{1}.scaled(unit.precision - unit.places)) {
        throw bad(asked, "no " + asked.type.value_or("number"));
    }
    return number->to_string(unit.places);
}

Replacement of_map(const Conversion& asked) {
    const auto pairs = value_map(asked).pairs;
    if (std::none_of(pairs.begin(), pairs.end(),
                     [&](const auto& pair) { return pair.second == *asked.replacement; })) {
        throw bad(asked, "none of the new column's values");
    }
    const auto type = neutral_type(asked.type.value_or(""));
    const bool number = asked.rule == "lookup" && type && type->name.starts_with("int");
    return {asked.rule == "boolean" ? Replacement::Kind::boolean
            : number                ? Replacement::Kind::number
                                    : Replacement::Kind::text,
            *asked.replacement};
}

Replacement of_moment(const Conversion& asked) {
    const auto count = epoch_of_moment(*asked.replacement, 6);
    const auto same = count ? moment_of_epoch(*count, 6) : std::nullopt;
    if (!same) {
        throw bad(asked, "no moment of the form 2026-11-25 17:08:00");
    }
    return {Replacement::Kind::moment, *same};
}

// Every character set has these.
std::string plain_text(const Conversion& asked) {
    if (!std::all_of(asked.replacement->begin(), asked.replacement->end(),
                     [](unsigned char c) { return c >= ' ' && c < 0x7F; })) {
        throw bad(asked, "not of printable ASCII");
    }
    return *asked.replacement;
}

} // namespace

std::array<PlannedClass, 4> planned_classes(const ConversionPlan& plan) {
    const UnitConversion unit = unit_conversion(plan.asked);
    const Fate rounded = !unit.rounds                                      ? Fate::stops
                         : plan.asked.inexact == InexactPolicy::quarantine ? Fate::quarantined
                                                                           : Fate::passes;
    return {{{"rounded", &ConversionPlan::is_rounded, rounded},
             {"not_finite", &ConversionPlan::is_not_finite, fate_of(unit.nan)},
             {"out_of_range", &ConversionPlan::is_out_of_range, fate_of(unit.overflow)},
             {"rejected", &ConversionPlan::is_rejected, fate_of(unit.malformed)}}};
}

ConversionPlan started_plan(const Conversion& asked, const std::string& column, const std::string& type) {
    ConversionPlan plan;
    plan.asked = asked;
    plan.source_column = column;
    plan.source_type = type;
    plan.target_column = asked.into.value_or(column);
    return plan;
}

std::string stopping_rows(const ConversionPlan& plan) {
    return any(plan, Fate::stops, true);
}

bool quarantines(const Blueprint& blueprint) {
    return std::any_of(blueprint.conversions.begin(), blueprint.conversions.end(),
                       [](const ConversionPlan& plan) { return quarantines(plan.asked); });
}

std::optional<Replacement> replacement_of(const Conversion& asked) {
    if (!asked.replacement) {
        return std::nullopt;
    }
    if (asked.rule == "decimal" || asked.rule == "from_minor_units") {
        return Replacement{Replacement::Kind::number, decimal(asked)};
    }
    if (asked.rule == "timestamp") {
        return of_moment(asked);
    }
    if (asked.rule == "date") {
        if (!date_in_text(*asked.replacement, *date_picture("YYYY-MM-DD"))) {
            throw bad(asked, "no date of the form YYYY-MM-DD");
        }
        return Replacement{Replacement::Kind::date, *asked.replacement};
    }
    if (asked.rule == "uuid") {
        const auto uuid = canonical_uuid(*asked.replacement);
        if (!uuid) {
            throw bad(asked, "no UUID");
        }
        return Replacement{Replacement::Kind::uuid, *uuid};
    }
    if (asked.rule == "boolean" || asked.rule == "enum" || asked.rule == "lookup") {
        return of_map(asked);
    }
    if (asked.rule == "json") {
        if (json_class(*asked.replacement, {json_depth_max / 4, true, false, 3, true}) != JsonClass::exact) {
            throw bad(asked, "no JSON");
        }
        return Replacement{Replacement::Kind::json, *asked.replacement};
    }
    if (asked.rule == "charset") {
        return Replacement{Replacement::Kind::text, plain_text(asked)};
    }
    return Replacement{Replacement::Kind::number, integer(asked, asked.type.value_or("int64"))};
}

void put_replacement(ConversionPlan& plan, const Replacement& replacement, const std::string& value) {
    plan.is_replaced = any(plan, Fate::quarantined, false);
    if (plan.is_replaced.empty()) {
        return;
    }
    plan.forward_sql =
        fmt::format("CASE WHEN {} THEN {} ELSE {} END", plan.is_replaced, value, plan.forward_sql);
    if (plan.conserves_sum) {
        plan.replacement = replacement.text;
    }
}

} // namespace turntable
