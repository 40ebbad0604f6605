#include "cli/render_outcome.hpp"

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

std::string line(std::string_view label, const std::string& text) {
    return fmt::format("  {:<10} {}\n", label, text);
}

std::string cell_text(const Cell& cell) {
    return cell ? "'" + *cell + "'" : "NULL";
}

std::string_view kind_text(Difference::Kind kind) {
    switch (kind) {
    case Difference::Kind::missing:
        return "is missing in the new table";
    case Difference::Kind::extra:
        return "is in the new table only";
    case Difference::Kind::differs:
        return "differs";
    }
    check(false, "unknown Difference::Kind");
    return {};
}

std::string difference_text(const Difference& difference) {
    std::string out = fmt::format("  row {} {}\n", difference.key, kind_text(difference.kind));
    for (const ColumnDifference& column : difference.columns) {
        out += fmt::format("    {}: should be {}, is {}\n", column.column, cell_text(column.source),
                           cell_text(column.shadow));
    }
    return out;
}

std::string conversion_text(const run::ConversionOutcome& conversion) {
    std::string out = fmt::format("{} {}: {} exact, {} rounded, {} NULL, {} rejected", conversion.column,
                                  conversion.rule, grouped(conversion.exact), grouped(conversion.rounded),
                                  grouped(conversion.nulls), grouped(conversion.rejected));
    if (!conversion.sum_source.empty() || !conversion.sum_target.empty()) {
        out += fmt::format("; sum {} -> {}", conversion.sum_source, conversion.sum_target);
        if (conversion.rounded > 0) {
            out += fmt::format(", of it {} by rounding", conversion.sum_error);
        }
    }
    return out;
}

std::string seconds_text(const run::JobSeconds& seconds) {
    std::string parts;
    const auto add = [&parts](std::string_view phase, double value) {
        if (value > 0) {
            parts += fmt::format("{}{} {:.1f}", parts.empty() ? "" : ", ", phase, value);
        }
    };
    add("probe", seconds.probe);
    add("copy", seconds.copy);
    add("index", seconds.index);
    add("replay", seconds.replay);
    add("verify", seconds.verify);
    add("swap", seconds.swap);
    return fmt::format("{:.1f} s in all{}", seconds.total, parts.empty() ? "" : " (" + parts + ")");
}

// What a person does next about a job in this state.
std::string next_step(const run::Outcome& outcome) {
    switch (outcome.state) {
    case run::JobState::swapped:
        if (!outcome.revert_until) {
            return fmt::format("there is no way back; `turntable finalize {0}` drops the old table",
                               outcome.job);
        }
        return fmt::format(
            "`turntable revert {0}` swaps back losing no write; `turntable finalize {0}` ends the window",
            outcome.job);
    case run::JobState::ready:
        return fmt::format(
            "`turntable cutover {0}` lets a live job swap, `turntable resume {0}` takes it over",
            outcome.job);
    case run::JobState::running:
        return "`turntable jobs` shows how it goes";
    case run::JobState::paused:
    case run::JobState::stopped:
        return fmt::format(
            "`turntable resume {0}` goes on, `turntable abort {0}` leaves the table as it was found",
            outcome.job);
    case run::JobState::failed:
        return "the table is as it was found: mend the cause and start again";
    case run::JobState::planned:
    case run::JobState::refused:
    case run::JobState::reverted:
    case run::JobState::finalized:
    case run::JobState::aborted:
        return {};
    }
    check(false, "unknown JobState");
    return {};
}

std::string rows_text(const run::Outcome& outcome) {
    return fmt::format("{} copied, {} replayed; source {}, new table {}", grouped(outcome.copied),
                       grouped(outcome.replayed), grouped(outcome.source_rows), grouped(outcome.shadow_rows));
}

std::string verified_text(const run::Outcome& outcome) {
    if (outcome.mismatches > 0) {
        return counted(outcome.mismatches, "row differs", "rows differ");
    }
    return outcome.verified ? "no row differs" : "no";
}

} // namespace

std::string objections_text(const run::Outcome& outcome) {
    std::string out;
    for (const std::string& finding : outcome.findings) {
        out += fmt::format("  {}\n", finding);
    }
    for (const Difference& difference : outcome.differences) {
        out += difference_text(difference);
    }
    const auto shown = static_cast<std::int64_t>(outcome.differences.size());
    if (shown > 0 && outcome.mismatches > shown) {
        out += fmt::format("  and {} more\n", grouped(outcome.mismatches - shown));
    }
    for (const Clash& clash : outcome.clashes) {
        out += fmt::format("  row {} does not fit: {}\n", clash.key, clash.reason);
    }
    return out;
}

std::string outcome_text(const run::Outcome& outcome) {
    std::string out = outcome.job.empty() ? fmt::format("{}: {}\n", outcome.table, to_string(outcome.state))
                                          : fmt::format("job {} on {}: {}\n", outcome.job, outcome.table,
                                                        to_string(outcome.state));
    if (!outcome.reason.empty()) {
        out += line("reason", outcome.reason);
    }
    out += line("strategy", outcome.strategy);
    const bool moved_rows = outcome.copied > 0 || outcome.replayed > 0 || outcome.source_rows > 0;
    if (moved_rows) {
        out += line("rows", rows_text(outcome));
        out += line("verified", verified_text(outcome));
    }
    for (const run::ConversionOutcome& conversion : outcome.conversions) {
        out += line("converted", conversion_text(conversion));
    }
    if (!outcome.side_table.empty()) {
        Rows kept = 0;
        for (const run::ConversionOutcome& conversion : outcome.conversions) {
            kept += conversion.quarantined;
        }
        out += line("quarantine", counted(kept, "original value", "original values") + " in " +
                                      outcome.side_table + ", job_id " + outcome.job);
    }
    out += line("time", seconds_text(outcome.seconds));
    if (outcome.prepare_lock_ms > 0 || outcome.swap_lock_ms > 0) {
        out += line("locks held", fmt::format("{} ms to prepare, {} ms to swap", outcome.prepare_lock_ms,
                                              outcome.swap_lock_ms));
    }
    if (outcome.revert_until) {
        out += line("revertible", "until " + *outcome.revert_until);
    }
    out += objections_text(outcome);
    if (const std::string next = next_step(outcome); !next.empty()) {
        out += line("next", next);
    }
    return out;
}

} // namespace turntable::cli
