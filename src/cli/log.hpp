#pragma once
// Logs of the program itself: spdlog, on stderr.

#include <string>

#include "cli/invocation.hpp"

namespace turntable::cli {

// quiet: errors only; normal: warnings; verbose: everything.
void set_up_log(Verbosity verbosity);
void log_warning(const std::string& text);
void log_detail(const std::string& text);

} // namespace turntable::cli
