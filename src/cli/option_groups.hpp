#pragma once
// The options as Boost.Program_options describes them. Included by the parser and the help only: a heavy
// header.

#include <boost/program_options/options_description.hpp>

#include "cli/command_table.hpp"

namespace turntable::cli {

[[nodiscard]] boost::program_options::options_description global_options();
// Those of a command besides the global ones; may be empty.
[[nodiscard]] boost::program_options::options_description options_of(const CommandSpec& spec);
// The global ones and those of all commands. An option's name means one thing wherever it is taken.
[[nodiscard]] boost::program_options::options_description every_option();

} // namespace turntable::cli
