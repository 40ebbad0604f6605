#pragma once
// A conversion as a person would have written it.

#include <string>
#include <string_view>

#include "turntable/change.hpp"

namespace turntable::cli {

[[nodiscard]] std::string_view to_string(Rounding rounding);
// "cents (round half_even, inexact report)": the rule and the parameters that decide about values.
[[nodiscard]] std::string rule_text(const Conversion& conversion);

} // namespace turntable::cli
