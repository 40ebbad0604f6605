#pragma once
// Statements as a plan shows them.

#include <string>
#include <vector>

#include "turntable/blueprint.hpp"

namespace turntable::cli {

// Numbered statements under their phases, each with purpose, whom it blocks, SQL and bound arguments.
[[nodiscard]] std::string statements_text(const std::vector<PlannedStatement>& script);
// A bound argument as a literal for people: NULL, 17, 'text', x'00ff'.
[[nodiscard]] std::string argument_text(const Value& value);

} // namespace turntable::cli
