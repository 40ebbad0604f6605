#include "cli/render_jobs.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/json_text.hpp"

namespace turntable::cli {
namespace {

constexpr std::size_t columns = 8;
using Row = std::array<std::string, columns>;

const Row heading{"JOB", "TABLE", "PHASE", "STATE", "OWNER", "ROWS", "BACKLOG", "ETA"};

std::string rows_text(const run::JobLine& job) {
    return job.rows_total > 0 ? fmt::format("{} of {}", grouped(job.rows_done), grouped(job.rows_total))
                              : grouped(job.rows_done);
}

Row row_of(const run::JobLine& job) {
    return {job.job,
            job.table,
            job.phase,
            std::string{to_string(job.state)},
            job.owner_alive ? "alive" : "gone",
            rows_text(job),
            grouped(job.backlog),
            job.eta_seconds ? span_text(Seconds{*job.eta_seconds}) : "-"};
}

std::string aligned(const Row& row, const std::array<std::size_t, columns>& widths) {
    std::string out;
    for (std::size_t i = 0; i < columns; ++i) {
        out += fmt::format("{:<{}}", row[i], widths[i] + 2);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
}

} // namespace

std::string shown_reason(const run::JobLine& job) {
    std::string out = job.reason;
    const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
    if (job.window_overdue) {
        add(fmt::format("its revert window ran out{}, finalize it",
                        job.revert_until ? " at " + *job.revert_until : ""));
    } else if (job.revert_until) {
        add(fmt::format("can be reverted until {}", *job.revert_until));
    }
    if (job.log_bytes > 0) {
        add(fmt::format("its change log takes {}", bytes_text(job.log_bytes)));
    }
    return out;
}

std::string jobs_text(const std::vector<run::JobLine>& jobs) {
    if (jobs.empty()) {
        return "no jobs\n";
    }
    std::vector<Row> rows{heading};
    std::transform(jobs.begin(), jobs.end(), std::back_inserter(rows), row_of);
    std::array<std::size_t, columns> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string out = aligned(rows.front(), widths);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        out += aligned(rows[i + 1], widths);
        if (const std::string reason = shown_reason(jobs[i]); !reason.empty()) {
            out += fmt::format("  {}\n", reason);
        }
    }
    return out;
}

std::string jobs_json(const std::vector<run::JobLine>& jobs) {
    Json list = Json::array();
    for (const run::JobLine& job : jobs) {
        list.push_back({{"job", job.job},
                        {"table", job.table},
                        {"phase", job.phase},
                        {"state", to_string(job.state)},
                        {"owner_alive", job.owner_alive},
                        {"rows_done", job.rows_done},
                        {"rows_total", job.rows_total},
                        {"backlog", job.backlog},
                        {"eta_seconds", optional_json(job.eta_seconds)},
                        {"reason", shown_reason(job)}});
    }
    return dumped(list);
}

std::string request_text(const std::string& job, const std::string& request,
                         const std::vector<NamedText>& settings) {
    std::string what = request;
    for (const auto& [key, value] : settings) {
        what += fmt::format(" {}={}", key, value);
    }
    return fmt::format("asked job {}: {}; a live owner obeys within two seconds\n", job, what);
}

std::string request_json(const std::string& job, const std::string& request,
                         const std::vector<NamedText>& settings) {
    Json values = Json::object();
    for (const auto& [key, value] : settings) {
        values[key] = value;
    }
    return dumped({{"job", job}, {"request", request}, {"settings", values}});
}

} // namespace turntable::cli
