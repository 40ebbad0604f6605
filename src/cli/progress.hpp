#pragma once
// Progress and notes on stderr. Every observer is safe from several threads at once.

#include <functional>
#include <memory>
#include <string>

#include "cli/invocation.hpp"
#include "run/api.hpp"

namespace turntable::cli {

// One line for people: "copy  1,250,000 of 5,000,000 rows (25 %)  412,000 rows/s  backlog 12  9 s left  held:
// …".
[[nodiscard]] std::string progress_text(const run::Progress& progress);
// One JSON object on one line; the keys are a contract (docs/commands.md, "progress").
[[nodiscard]] std::string progress_json(const run::Progress& progress);
// The same with a bar, in exactly `columns` characters at most.
[[nodiscard]] std::string progress_bar(const run::Progress& progress, int columns);

// Writes a text to stderr; injected, so that tests read it.
using Sink = std::function<void(const std::string& text)>;

struct ProgressOutput {
    ProgressStyle style; // automatic: as `terminal` says
    Verbosity verbosity;
    enum class Device { terminal, file } device;
    int columns = 80;
    Sink sink;
};

// Quiet: nothing is written, notes neither. Plain: a line at every change of phase or of the reason, else
// every 10 s.
[[nodiscard]] std::unique_ptr<run::Observer> make_observer(const ProgressOutput& output, Clock& clock);

} // namespace turntable::cli
