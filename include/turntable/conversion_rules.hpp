#pragma once
// The vocabulary of conversions as data: what rules there are, their parameters, and the names of roundings
// and policies. The command line's listing, the checks and the engines' compilers all read it here.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "turntable/change.hpp"
#include "turntable/decimal.hpp"

namespace turntable {

struct ConversionRule {
    std::string_view name;
    std::string_view from, to;
    std::string_view parameters; // names of those that it takes, separated by blanks
    std::string_view inverse;    // for people: what revert does
    std::string_view example;    // as given to --convert
    std::string_view sample;     // a type that the example's column may have
    bool changes_unit = false;   // the same number means something else: needs a new name or same_name=accept
};
[[nodiscard]] std::span<const ConversionRule> conversion_rules();
// nullptr if there is none of that name.
[[nodiscard]] const ConversionRule* find_conversion_rule(std::string_view name);

[[nodiscard]] std::string_view to_string(Rounding rounding);
[[nodiscard]] std::string_view to_string(InexactPolicy policy);
[[nodiscard]] std::string_view to_string(BadValuePolicy policy);
[[nodiscard]] std::optional<Rounding> rounding_named(std::string_view name);
[[nodiscard]] std::optional<InexactPolicy> inexact_policy_named(std::string_view name);
[[nodiscard]] std::optional<BadValuePolicy> bad_value_policy_named(std::string_view name);

// What one conversion must satisfy by itself, before any server is asked. Throws Error{usage} for an unknown
// rule, a parameter that the rule does not take or lacks, a value out of range, or a contradiction;
// Error{refused, "not_supported"} for what the vocabulary names and this version does not do.
void check_conversion(const Conversion& conversion);

// The rules that go through an integer of units, x × 10^scale: cents, minor_units, integer (scale 0), and
// decimal, which divides by 10^scale again. Also from_minor_units. With everything filled in.
struct UnitConversion {
    int scale = 2;
    bool divides = false;                  // decimal: the result is the rounded units / 10^scale
    int precision = 0, places = 0;         // of a target decimal(precision,places)
    std::string_view below;                // why a value is refused that has a fraction of a unit
    bool round_named = false;              // else a value below the minor unit is refused
    Rounding round = Rounding::exact_only; // as named
    Rounding effective = Rounding::down;   // for ranges and error sums: round, or down where none applies
    bool rounds = false;                   // rows below the minor unit are rounded, not refused
    BadValuePolicy nan = BadValuePolicy::fail;
    BadValuePolicy overflow = BadValuePolicy::fail;
    BadValuePolicy malformed = BadValuePolicy::fail; // fail or null
};
[[nodiscard]] UnitConversion unit_conversion(const Conversion& conversion);

// Some class of values goes to the side table; they are found in the old table after the swap.
[[nodiscard]] bool quarantines(const Conversion& conversion);

// A neutral type ("decimal(12,2)", "varchar(40)", "int64") taken apart; nullopt for a type of the engine's
// own.
struct NeutralType {
    std::string name; // int16 int32 int64 decimal float32 float64 text varchar bool date time timestamp
                      // timestamptz uuid json bytes
    int length = 0;   // varchar; decimal: precision
    int places = 0;   // decimal: digits after the point
    bool operator==(const NeutralType&) const = default;
};
[[nodiscard]] std::optional<NeutralType> neutral_type(std::string_view text);

// The number in a text column, by the one syntax that all engines take: blanks (space, tab, CR, LF) around
// it, a sign, up to 30 digits before the point and up to 30 after it, at least one digit; no exponent.
// nullopt: rejected.
[[nodiscard]] std::optional<Decimal> number_in_text(std::string_view text);

} // namespace turntable
