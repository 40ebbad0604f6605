#pragma once
// The classes of a compiled conversion with what their policies say: which rows stop the job, which go to the
// side table of quarantined values, and what those take instead.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "turntable/blueprint.hpp"

namespace turntable {

struct PlannedClass {
    enum class Fate {
        stops,       // a row of this class ends the job
        passes,      // rounded, or NULL
        quarantined, // the original value goes to the side table
    };
    std::string_view finding;               // "rounded", "not_finite", "out_of_range", "rejected"
    std::string ConversionPlan::*predicate; // "" = cannot happen
    Fate fate;
};
[[nodiscard]] std::array<PlannedClass, 4> planned_classes(const ConversionPlan& plan);
// What every plan begins with.
[[nodiscard]] ConversionPlan started_plan(const Conversion& asked, const std::string& column,
                                          const std::string& type);
// A condition that is true for the rows whose conversion would fail; "" where there can be none.
[[nodiscard]] std::string stopping_rows(const ConversionPlan& plan);

// Does a conversion of the change keep originals in the side table?
[[nodiscard]] bool quarantines(const Blueprint& blueprint);

// replacement=, checked against the rule and the type, in the form that the target's values have in text.
struct Replacement {
    enum class Kind { number, text, boolean, date, moment, uuid, json };
    Kind kind = Kind::text;
    std::string text; // boolean: "true" or "false"; uuid: lower case
};
// nullopt: none is given. Throws Error{usage} for one that the target could not hold.
[[nodiscard]] std::optional<Replacement> replacement_of(const Conversion& conversion);
// Puts `value` (SQL) in the place of the NULL that a quarantined value becomes.
void put_replacement(ConversionPlan& plan, const Replacement& replacement, const std::string& value);

} // namespace turntable
