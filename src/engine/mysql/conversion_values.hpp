#pragma once
// The rules that keep a value's meaning (turntable/value_rules.hpp) as SQL expressions; and fill.

#include <optional>

#include "conversion_sql.hpp"

namespace turntable::mysql::conversion {

// nullopt: the rule is not one of them. Throws Error{refused} for a type that the rule does not take.
[[nodiscard]] std::optional<ConversionPlan> compile_values(const Conversion& asked,
                                                           const ConvertedColumn& source);

} // namespace turntable::mysql::conversion
