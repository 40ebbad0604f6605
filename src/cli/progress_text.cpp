#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/json_text.hpp"
#include "cli/progress.hpp"

namespace turntable::cli {
namespace {

double fraction_of(const run::Progress& progress) {
    if (progress.rows_total <= 0) {
        return 0;
    }
    return std::clamp(static_cast<double>(progress.rows_done) / static_cast<double>(progress.rows_total), 0.0,
                      1.0);
}

// Rounded down: 100 % is said of what is done and of nothing else.
int percent_of(const run::Progress& progress) {
    return static_cast<int>(std::floor(fraction_of(progress) * 100));
}

// Rate, backlog, time left and what holds the work back, as far as they say anything.
std::string details(const run::Progress& progress) {
    std::string out;
    if (progress.rows_per_second > 0) {
        out += fmt::format("  {} rows/s", grouped(std::llround(progress.rows_per_second)));
    }
    if (progress.backlog > 0) {
        out += fmt::format("  backlog {}", grouped(progress.backlog));
    }
    if (progress.eta && progress.reason.empty()) {
        out += fmt::format("  {} left", span_text(*progress.eta));
    }
    if (!progress.reason.empty()) {
        out += fmt::format("  held: {}", progress.reason);
    }
    return out;
}

std::string without_end(const std::string& text, std::size_t length) {
    return text.size() <= length ? text : text.substr(0, length - 1) + "~";
}

} // namespace

std::string progress_text(const run::Progress& progress) {
    std::string out = progress.phase;
    if (progress.rows_total > 0) {
        out += fmt::format("  {} of {} rows ({} %)", grouped(progress.rows_done),
                           grouped(progress.rows_total), percent_of(progress));
    }
    return out + details(progress);
}

std::string progress_json(const run::Progress& progress) {
    const std::optional<std::int64_t> eta =
        progress.eta ? std::optional{progress.eta->count()} : std::nullopt;
    return dumped({{"job", progress.job},
                   {"table", progress.table},
                   {"phase", progress.phase},
                   {"rows_done", progress.rows_done},
                   {"rows_total", progress.rows_total},
                   {"rows_per_second", std::llround(progress.rows_per_second)},
                   {"backlog", progress.backlog},
                   {"eta_seconds", optional_json(eta)},
                   {"reason", progress.reason}});
}

std::string progress_bar(const run::Progress& progress, int columns) {
    const auto width = static_cast<std::size_t>(std::max(columns, 20));
    std::string out = fmt::format("{:<8}", progress.phase);
    if (progress.rows_total > 0) {
        const std::size_t cells = std::min<std::size_t>(30, width / 4);
        const auto full = static_cast<std::size_t>(fraction_of(progress) * static_cast<double>(cells));
        out += fmt::format("[{}{}] {:>3} %", std::string(full, '#'), std::string(cells - full, '.'),
                           percent_of(progress));
    }
    return without_end(out + details(progress), width);
}

} // namespace turntable::cli
