#pragma once
// The command line: words to Invocation. Pure; reads no file and no environment.

#include <string>
#include <vector>

#include "cli/invocation.hpp"

namespace turntable::cli {

// arguments: without the program's name. Options may stand anywhere, before or after the command; after `--`
// nothing is an option. An option that the command does not have is an error, never ignored. Throws
// Error{usage}.
[[nodiscard]] Invocation parse_command_line(const std::vector<std::string>& arguments);

// The format asked for, readable even where the rest of the line is wrong: an error must be printed in it.
[[nodiscard]] OutputFormat format_of(const std::vector<std::string>& arguments);

} // namespace turntable::cli
