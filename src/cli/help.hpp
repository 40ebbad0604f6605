#pragma once
// What --help prints.

#include <string>

#include "cli/command_table.hpp"

namespace turntable::cli {

[[nodiscard]] std::string overview();
[[nodiscard]] std::string help_of(const CommandSpec& spec);

} // namespace turntable::cli
