// What revert and finalize would do, after the same looks that they take first: where the command would be
// refused, its dry run is, with the same exit code.
#include <algorithm>

#include <fmt/core.h>

#include "run/ownership.hpp"
#include "run/permits.hpp"

namespace turntable::run {
namespace {

std::vector<PlannedStatement> script_of(const JobRecord& record, Phase phase) {
    std::vector<PlannedStatement> chosen;
    std::copy_if(record.blueprint.script.begin(), record.blueprint.script.end(), std::back_inserter(chosen),
                 [phase](const PlannedStatement& planned) { return planned.phase == phase; });
    return chosen;
}

// As the revert's first step looks: a table altered since the swap, rows that do not fit the old shape.
void check_way_back(const Engine& engine, Session& session, const JobRecord& record) {
    const Swapper& swapper = engine.swapper();
    if (const DriftReport drift = swapper.check_window(session, record.blueprint);
        drift.drift != Drift::none) {
        throw Error{ErrorKind::negative, "altered_in_window",
                    fmt::format("job {} cannot be reverted: {}", record.job, drift.reason)};
    }
    const auto clashes = swapper.probe_revert(session, record.blueprint, record.settings.example_keys_max);
    if (clashes.empty()) {
        return;
    }
    std::string rows;
    for (const Clash& clash : clashes) {
        rows += fmt::format("\n  {}: {}", clash.key, clash.reason);
    }
    throw Error{ErrorKind::negative, "does_not_fit",
                fmt::format("job {} cannot be reverted: rows do not fit the old shape:{}", record.job, rows)};
}

} // namespace

std::vector<PlannedStatement> revert_script(Engine& engine, const std::string& job) {
    Desk desk{engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    if (record.state.step == machine::Step::reverted) {
        return {};
    }
    if (!revert_under_way(record.state.step)) {
        check_revert_may_start(record);
        check_way_back(engine, *desk.session, record);
    }
    return script_of(record, Phase::window);
}

std::vector<PlannedStatement> finalize_script(Engine& engine, const std::string& job) {
    Desk desk{engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    return finalize_from(record) == machine::Step::finalized ? std::vector<PlannedStatement>{}
                                                             : script_of(record, Phase::finalize);
}

} // namespace turntable::run
