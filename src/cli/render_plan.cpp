#include "cli/render_plan.hpp"

#include <fmt/core.h>

#include "cli/amounts.hpp"
#include "cli/conversion_text.hpp"
#include "cli/statement_text.hpp"

namespace turntable::cli {
namespace {

std::string line(std::string_view label, const std::string& text) {
    return fmt::format("  {:<9} {}\n", label, text);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

std::string with_reason(std::string_view word, const std::string& reason) {
    return reason.empty() ? std::string{word} : fmt::format("{}: {}", word, reason);
}

std::string_view way_back(RevertClass revert) {
    switch (revert) {
    case RevertClass::native:
        return "native, lossless";
    case RevertClass::swap_back:
        return "swap back until the revert window ends, losing no write";
    case RevertClass::irreversible:
        return "none";
    }
    return {};
}

std::string cost_text(const Estimate& estimate) {
    std::string out =
        line("rows", fmt::format("about {} ({} of data, {} of indexes)", grouped(estimate.rows),
                                 bytes_text(estimate.table_bytes), bytes_text(estimate.index_bytes)));
    const std::string free =
        estimate.disk_free ? bytes_text(*estimate.disk_free) + " free" : std::string{"free space unknown"};
    out += line("disk", fmt::format("{} more at the highest, {}", bytes_text(estimate.disk_needed), free));
    out += line("time", estimate.expected > Seconds{0} ? "about " + span_text(estimate.expected)
                                                       : std::string{"less than a second"});
    return out;
}

std::string conversions_text(const std::vector<ConversionPlan>& conversions) {
    std::string out;
    for (const ConversionPlan& conversion : conversions) {
        out += fmt::format("  {} {} -> {} {}\n      rule    {}\n      value   {}\n      inverse {}\n",
                           conversion.source_column, conversion.source_type, conversion.target_column,
                           conversion.target_type, rule_text(conversion.asked), conversion.forward_sql,
                           conversion.inverse_sql.value_or("none"));
    }
    return out;
}

} // namespace

std::string plan_text(const Blueprint& blueprint) {
    std::string out = fmt::format("{} on {}\n", blueprint.source.display(), blueprint.engine);
    out += line("strategy", with_reason(to_string(blueprint.strategy), blueprint.strategy_reason));
    if (blueprint.strategy == Strategy::nothing) {
        return out;
    }
    out += line("way back", with_reason(way_back(blueprint.revert), blueprint.revert_reason));
    out += cost_text(blueprint.estimate);
    if (!blueprint.conversions.empty()) {
        out += "\nconversions\n" + conversions_text(blueprint.conversions);
    }
    if (!blueprint.dropped_columns.empty()) {
        out += fmt::format("\ndropped columns: {}\n", joined(blueprint.dropped_columns));
    }
    out += "\nstatements\n" + statements_text(blueprint.script);
    if (!blueprint.notes.empty()) {
        out += "\nnotes\n";
        for (const std::string& note : blueprint.notes) {
            out += fmt::format("  - {}\n", note);
        }
    }
    return out;
}

std::string script_text(const JobScript& job) {
    return fmt::format("job {} would run\n{}", job.job,
                       job.script.empty() ? "  nothing\n" : statements_text(job.script));
}

} // namespace turntable::cli
