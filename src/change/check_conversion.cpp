// What one conversion must satisfy by itself. One function per rule of the vocabulary.
#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "turntable/conversion_classes.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable {
namespace {

Error bad(const Conversion& asked, const std::string& why) {
    return Error{
        ErrorKind::usage, "bad_conversion",
        fmt::format("the conversion of column {} ({}) is not usable: {}", asked.column, asked.rule, why)};
}

Error not_supported(const Conversion& asked, const std::string& what) {
    return Error{
        ErrorKind::refused, "not_supported",
        fmt::format("the conversion of column {} ({}) asks for {}, which this version does not support",
                    asked.column, asked.rule, what)};
}

std::string known_rules() {
    std::string names;
    for (const ConversionRule& rule : conversion_rules()) {
        names += (names.empty() ? "" : ", ") + std::string{rule.name};
    }
    return names;
}

// The parameters that were given, by their names in the vocabulary.
std::vector<std::string> given(const Conversion& asked) {
    std::vector<std::string> names;
    const auto add = [&](bool is_given, const char* name) {
        if (is_given) {
            names.emplace_back(name);
        }
    };
    add(asked.scale.has_value(), "scale");
    add(asked.round.has_value(), "round");
    add(asked.inexact != InexactPolicy::fail, "inexact");
    add(asked.into.has_value(), "into");
    add(asked.keep, "keep");
    add(asked.same_name_accepted, "same_name");
    add(asked.nan != BadValuePolicy::fail, "nan");
    add(asked.overflow != BadValuePolicy::fail, "overflow");
    add(asked.replacement.has_value(), "replacement");
    add(asked.type.has_value(), "type");
    add(asked.expr.has_value(), "expr");
    add(asked.inverse.has_value(), "inverse");
    for (const auto& [name, value] : asked.extra) {
        names.push_back(name);
    }
    return names;
}

void check_parameters(const Conversion& asked, const ConversionRule& rule) {
    std::istringstream words{std::string{rule.parameters}};
    const std::vector<std::string> known{std::istream_iterator<std::string>{words}, {}};
    for (const std::string& name : given(asked)) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw bad(asked, fmt::format("it takes no {}= (it takes: {})", name, rule.parameters));
        }
    }
}

void check_units(const Conversion& asked) {
    if (asked.rule == "minor_units" && !asked.scale) {
        throw bad(asked, "it needs scale=0 to scale=9, the decimal places of the unit");
    }
    if (asked.scale && (*asked.scale < 0 || *asked.scale > 9)) {
        throw bad(asked, "a scale is from 0 to 9");
    }
    if (asked.inexact != InexactPolicy::fail && !asked.round) {
        throw bad(asked, fmt::format("inexact={} needs round=…, the rounding is never chosen for you",
                                     to_string(asked.inexact)));
    }
    if (asked.inexact != InexactPolicy::fail && asked.round == Rounding::exact_only) {
        throw bad(asked, "round=exact_only rounds nothing, so inexact must be fail");
    }
}

void check_malformed(const Conversion& asked) {
    const auto malformed = asked.extra.find("malformed");
    if (malformed == asked.extra.end() || bad_value_policy_named(malformed->second)) {
        return;
    }
    throw bad(asked, "malformed is fail, null or quarantine");
}

// What is only rounded has a value of its own.
void check_replacement(const Conversion& asked) {
    if (!asked.replacement) {
        return;
    }
    if (asked.nan != BadValuePolicy::quarantine && asked.overflow != BadValuePolicy::quarantine &&
        unit_conversion(asked).malformed != BadValuePolicy::quarantine) {
        throw bad(asked, "replacement= is what a quarantined row takes, and nothing is quarantined: add "
                         "nan=, overflow= or malformed=quarantine");
    }
    (void)replacement_of(asked);
}

void check_json(const Conversion& asked) {
    const auto duplicates = asked.extra.find("duplicates");
    if (duplicates != asked.extra.end() && duplicates->second != "last" && duplicates->second != "reject") {
        throw bad(asked, "duplicates is reject or last");
    }
}

// Throws where the parameters make no sense.
void check_values(const Conversion& asked) {
    if (asked.rule == "timestamp" || asked.rule == "epoch") {
        (void)epoch_places(asked);
    } else if (asked.rule == "date") {
        (void)date_picture(asked);
    } else if (asked.rule == "boolean" || asked.rule == "enum" || asked.rule == "lookup") {
        const char* const key = asked.rule == "enum" ? "values" : "map";
        if (asked.rule != "boolean" && !asked.extra.contains(key)) {
            throw bad(asked, fmt::format("it needs {}=", key));
        }
        (void)value_map(asked);
    } else if (asked.rule == "charset" || asked.rule == "collation") {
        (void)wanted_name(asked);
    } else if (asked.rule == "json") {
        check_json(asked);
    }
    if (asked.rule == "lookup" && !asked.type) {
        throw bad(asked, "it needs type=, that of the values it makes");
    }
}

// The old column keeps the value that the side table would have, and a trigger has no place to put it.
void check_kept(const Conversion& asked, const ConversionRule& rule) {
    if (!asked.keep) {
        return;
    }
    if (!asked.into) {
        throw bad(asked, "keep=yes needs into=NEW_COLUMN: two columns cannot have one name");
    }
    if (rule.name == "using" && !asked.inverse) {
        throw bad(asked, "keep=yes needs inverse=…, which makes the old column from the new one");
    }
    if (quarantines(asked)) {
        throw not_supported(asked, "keep=yes together with quarantine");
    }
}

constexpr int precision_max = 30;

void check_decimal(const Conversion& asked) {
    const auto type = neutral_type(asked.type.value_or(""));
    if (!type || type->name != "decimal") {
        throw bad(asked, "it needs type='decimal(p,s)'");
    }
    if (type->length > precision_max || type->places > 9) {
        throw not_supported(asked, fmt::format("{}, more than 30 digits or 9 places", *asked.type));
    }
    if (asked.rule == "from_minor_units" && type->places < asked.scale.value_or(2)) {
        throw bad(asked, fmt::format("{} has fewer places than the units have", *asked.type));
    }
}

void check_integer(const Conversion& asked) {
    if (!asked.type) {
        throw bad(asked, "it needs type=int16, int32 or int64");
    }
}

void check_using(const Conversion& asked) {
    if (!asked.expr || asked.expr->empty()) {
        throw bad(asked, "it needs expr='SQL expression'");
    }
}

} // namespace

void check_conversion(const Conversion& asked) {
    const ConversionRule* const rule = find_conversion_rule(asked.rule);
    if (rule == nullptr) {
        throw Error{ErrorKind::usage, "unknown_conversion",
                    fmt::format("column {}: there is no conversion named '{}' (known: {})", asked.column,
                                asked.rule, known_rules())};
    }
    if (asked.column.empty()) {
        throw bad(asked, "it names no column");
    }
    check_parameters(asked, *rule);
    check_kept(asked, *rule);
    if (rule->name == "cents" && asked.scale) {
        throw bad(asked, "cents has scale 2; use minor_units for another");
    }
    if (rule->name == "using" || rule->name == "fill") {
        check_using(asked);
        return;
    }
    check_units(asked);
    check_malformed(asked);
    check_values(asked);
    if (rule->name == "decimal" || rule->name == "from_minor_units") {
        check_decimal(asked);
    }
    if (rule->name == "integer") {
        check_integer(asked);
    }
    check_replacement(asked);
}

} // namespace turntable
