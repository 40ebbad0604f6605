// The JSON that alter, revert, finalize and resume print last; its keys are a contract (docs/commands.md).
#include <cmath>

#include "cli/json_text.hpp"
#include "cli/render_outcome.hpp"

namespace turntable::cli {
namespace {

// Sums are exact decimals: text, since a JSON number would be read as a float. Empty: there is none.
Json sum_json(const std::string& sum) {
    return sum.empty() ? Json(nullptr) : Json(sum);
}

double to_the_millisecond(double seconds) {
    return std::round(seconds * 1000.0) / 1000.0;
}

Json conversions_json(const std::vector<run::ConversionOutcome>& conversions) {
    Json list = Json::array();
    for (const run::ConversionOutcome& conversion : conversions) {
        list.push_back({{"column", conversion.column},
                        {"rule", conversion.rule},
                        {"exact", conversion.exact},
                        {"rounded", conversion.rounded},
                        {"nulls", conversion.nulls},
                        {"rejected", conversion.rejected},
                        {"quarantined", conversion.quarantined},
                        {"sum_source", sum_json(conversion.sum_source)},
                        {"sum_target", sum_json(conversion.sum_target)},
                        {"sum_error", sum_json(conversion.sum_error)},
                        {"largest_error", sum_json(conversion.largest_error)}});
    }
    return list;
}

Json seconds_json(const run::JobSeconds& seconds) {
    return {{"probe", to_the_millisecond(seconds.probe)},   {"copy", to_the_millisecond(seconds.copy)},
            {"index", to_the_millisecond(seconds.index)},   {"replay", to_the_millisecond(seconds.replay)},
            {"verify", to_the_millisecond(seconds.verify)}, {"swap", to_the_millisecond(seconds.swap)},
            {"total", to_the_millisecond(seconds.total)}};
}

Json outcome_object(const run::Outcome& outcome) {
    return {{"job", outcome.job},
            {"table", outcome.table},
            {"strategy", outcome.strategy},
            {"state", to_string(outcome.state)},
            {"rows",
             {{"source", outcome.source_rows},
              {"shadow", outcome.shadow_rows},
              {"copied", outcome.copied},
              {"replayed", outcome.replayed}}},
            {"verified", outcome.verified},
            {"mismatches", outcome.mismatches},
            {"conversions", conversions_json(outcome.conversions)},
            {"quarantine", outcome.side_table.empty() ? Json(nullptr) : Json(outcome.side_table)},
            {"seconds", seconds_json(outcome.seconds)},
            {"lock_ms", {{"prepare", outcome.prepare_lock_ms}, {"swap", outcome.swap_lock_ms}}},
            {"revert_until", optional_json(outcome.revert_until)}};
}

} // namespace

std::string outcome_json(const run::Outcome& outcome) {
    return dumped(outcome_object(outcome));
}

std::string outcomes_json(const std::vector<run::Outcome>& outcomes) {
    Json list = Json::array();
    for (const run::Outcome& outcome : outcomes) {
        list.push_back(outcome_object(outcome));
    }
    return dumped(list);
}

} // namespace turntable::cli
