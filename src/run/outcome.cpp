#include "run/outcome.hpp"

#include <ctime>

namespace turntable::run {

std::optional<std::string> utc(std::int64_t ms) {
    if (ms == 0) {
        return std::nullopt;
    }
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
    return text;
}

std::optional<std::string> revertible_until(const JobRecord& record) {
    return record.blueprint.revert == RevertClass::irreversible ? std::nullopt : utc(record.revert_until_ms);
}

Outcome outcome_of(const JobRecord& record) {
    const machine::State& state = record.state;
    Outcome outcome;
    outcome.job = record.job;
    outcome.table = record.blueprint.source.display();
    outcome.strategy = to_string(record.blueprint.strategy);
    outcome.state = job_state_from_string(record.job_state);
    outcome.source_rows = state.source_rows;
    outcome.shadow_rows = state.shadow_rows;
    outcome.copied = state.copied;
    outcome.replayed = state.replayed;
    outcome.verified = state.verified;
    outcome.mismatches = state.mismatches;
    for (std::size_t i = 0; i < state.conversions.size() && i < record.blueprint.conversions.size(); ++i) {
        const auto& totals = state.conversions[i];
        const ConversionPlan& plan = record.blueprint.conversions[i];
        outcome.conversions.push_back(
            {plan.source_column, plan.asked.rule, totals.exact, totals.rounded, totals.nulls,
             totals.rejected + totals.not_finite + totals.out_of_range, totals.sum_source, totals.sum_target,
             totals.sum_error, totals.largest_error, totals.quarantined});
    }
    outcome.side_table = state.side_table;
    outcome.seconds = {state.seconds_probe,  state.seconds_copy, state.seconds_index, state.seconds_replay,
                       state.seconds_verify, state.seconds_swap, state.seconds_total};
    outcome.prepare_lock_ms = state.prepare_lock_ms;
    outcome.swap_lock_ms = state.swap_lock_ms;
    outcome.revert_until = revertible_until(record);
    outcome.reason = state.reason;
    return outcome;
}

Outcome outcome_of(const Driver& driver, const RunEnd& end) {
    Outcome outcome = outcome_of(driver.record());
    outcome.state = end.job_state;
    outcome.exit_code = end.exit_code;
    outcome.differences = driver.memory().differences;
    outcome.clashes = driver.memory().clashes;
    outcome.findings = driver.memory().findings;
    return outcome;
}

} // namespace turntable::run
