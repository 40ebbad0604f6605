#pragma once
// What every command does around its work: results on stdout, an observer on stderr, signals that ask for a
// clean stop.

#include <cstdio>
#include <string>

#include "cli/invocation.hpp"
#include "cli/progress.hpp"
#include "cli/stop_signal.hpp"
#include "cli/terminal.hpp"
#include "run/api.hpp"

namespace turntable::cli {

inline void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

inline void print_error(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

[[nodiscard]] inline bool as_json(const Invocation& invocation) {
    return invocation.globals.format == OutputFormat::json;
}

// Runs a long command with an observer on stderr, while signals ask for a clean stop. The observer has
// written its last when this returns.
template <typename Work>
auto at_work(const Invocation& invocation, Engine& engine, Work work) {
    const auto device =
        is_terminal(Stream::errors) ? ProgressOutput::Device::terminal : ProgressOutput::Device::file;
    const auto observer = make_observer(
        {invocation.globals.progress, invocation.globals.verbosity, device, terminal_columns(), &print_error},
        real_clock());
    const StopSignal stop;
    return work(run::Context{engine, *observer, &StopSignal::raised, real_clock()});
}

} // namespace turntable::cli
