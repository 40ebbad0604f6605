#pragma once
// The vocabulary of conversions, as the program itself knows it.

#include <string>

namespace turntable::cli {

// Every rule with its parameters and an example, and the SQL that each database of this program gets for it.
[[nodiscard]] std::string conversions_text();
[[nodiscard]] std::string conversions_json(); // docs/commands.md, "conversions"

} // namespace turntable::cli
