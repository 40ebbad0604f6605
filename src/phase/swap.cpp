// swap and revert: one try each time, under the lock budget; the driver waits between tries. Whatever does
// not go to plan leaves the tables as they were.
#include <fmt/core.h>

#include "phase/workshop.hpp"
#include "turntable/conversion_classes.hpp"

namespace turntable::phase {
namespace {

std::int64_t wall_ms(Clock& clock) {
    return std::chrono::duration_cast<Millis>(clock.wall().time_since_epoch()).count();
}

std::string describe(const Blocker& blocker) {
    return fmt::format("session {} ({}{}{}), transaction open for {} s, {}: {}", blocker.session,
                       blocker.user, blocker.application.empty() ? "" : ", ", blocker.application,
                       blocker.age.count(), blocker.state, blocker.query);
}

machine::Event located(Workshop& shop) {
    return machine::Located{shop.engine.swapper().where_is(shop.control, shop.blueprint)};
}

} // namespace

machine::Event try_swap(Workshop& shop, machine::State& state, Direction direction) {
    // Drain online first, so that little is left for the time under the lock.
    const machine::Event replayed = replay_slice(shop, state, direction);
    if (!std::holds_alternative<machine::CaughtUp>(replayed)) {
        return replayed;
    }
    const SwapRequest request{shop.blueprint,
                              shop.origin,
                              direction,
                              {shop.settings.lock_timeout, shop.settings.drain_budget},
                              shop.settings.allow_old_snapshots,
                              shop.settings.keep_old.has_value(),
                              shop.memory.pending,
                              shop.fence,
                              [&shop, direction](Session& session) { shop.record_swap(session, direction); }};
    const SwapOutcome outcome = shop.engine.swapper().swap(shop.engine, shop.control, request);
    shop.memory.blockers = outcome.blockers;
    state.replayed += outcome.drained;
    switch (outcome.kind) {
    case SwapOutcome::Kind::done:
        state.swap_lock_ms = outcome.held.count();
        return machine::Swapped{wall_ms(shop.clock), direction};
    case SwapOutcome::Kind::lock_not_granted:
        state.reason = "the lock for the swap was not granted";
        break;
    case SwapOutcome::Kind::over_budget:
        state.reason = "the rest of the log took longer than the drain budget";
        break;
    case SwapOutcome::Kind::old_snapshots:
        state.reason = "sessions hold snapshots that are older than the copy";
        break;
    case SwapOutcome::Kind::drifted:
        return machine::SourceDrifted{outcome.drift};
    case SwapOutcome::Kind::differs:
        shop.memory.differences = outcome.differences;
        return machine::Differs{std::ssize(outcome.differences)};
    case SwapOutcome::Kind::clashes:
        shop.memory.clashes = outcome.clashes;
        return machine::DoesNotFit{outcome.clashes.empty() ? "a row does not fit"
                                                           : "row " + outcome.clashes.front().key + ": " +
                                                                 outcome.clashes.front().reason};
    case SwapOutcome::Kind::outcome_unknown:
        return located(shop);
    }
    for (const Blocker& blocker : outcome.blockers) {
        shop.note(state.reason + "; in the way: " + describe(blocker));
    }
    return machine::NotGranted{};
}

namespace {

// The originals are in the table again. A run that died before it kept a value has not made the side table.
void forget_set_aside(Workshop& shop, machine::State& state) {
    shop.side_table.create(shop.control);
    shop.side_table.forget_from(shop.control, 0);
    state.side_table.clear();
    for (machine::ConversionTotals& totals : state.conversions) {
        totals.quarantined = 0;
    }
}

} // namespace

machine::Event after_swap(Workshop& shop, machine::State& state, Direction direction) {
    shop.engine.swapper().after_swap(shop.control, shop.blueprint, direction);
    if (direction == Direction::back && quarantines(shop.blueprint)) {
        forget_set_aside(shop, state);
    }
    const auto moment =
        direction == Direction::forward ? Planner::Moment::swapped : Planner::Moment::reverted;
    for (const std::string& difference :
         shop.engine.planner().unexpected_changes(shop.control, shop.blueprint, moment)) {
        shop.memory.findings.push_back("not as asked in the catalogue: " + difference);
        shop.note(shop.memory.findings.back());
    }
    return machine::Done{};
}

machine::Event probe_revert(Workshop& shop) {
    if (const DriftReport drift = shop.engine.swapper().check_window(shop.control, shop.blueprint);
        drift.drift != Drift::none) {
        return machine::SourceDrifted{drift};
    }
    shop.memory.clashes =
        shop.engine.swapper().probe_revert(shop.control, shop.blueprint, shop.settings.example_keys_max);
    if (shop.memory.clashes.empty()) {
        return machine::Done{};
    }
    return machine::DoesNotFit{"row " + shop.memory.clashes.front().key +
                               " does not fit the old shape: " + shop.memory.clashes.front().reason};
}

} // namespace turntable::phase
