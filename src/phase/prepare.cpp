// prepare: shadow and logs, then the triggers under a short lock, then what the copy refers to. And the
// undoing.
#include <algorithm>

#include "phase/slice.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {

machine::Event create_objects(Workshop& shop) {
    shop.engine.preparer().create_objects(shop.control, shop.blueprint);
    return machine::Done{};
}

machine::Event install_capture(Workshop& shop, machine::State& state) {
    const LockBudget budget{shop.settings.lock_timeout, shop.settings.lock_timeout};
    const LockOutcome outcome = shop.engine.preparer().install_capture(shop.control, shop.blueprint, budget);
    shop.memory.blockers = outcome.blockers;
    if (!outcome.granted) {
        return machine::NotGranted{};
    }
    state.prepare_lock_ms = outcome.held.count();
    return machine::Done{};
}

machine::Event read_origin(Workshop& shop) {
    shop.origin = shop.engine.copier().origin(shop.control, shop.blueprint);
    return machine::Done{};
}

machine::Event undo(Workshop& shop, const machine::State& state) {
    const Preparer& preparer = shop.engine.preparer();
    if (!state.rules_were_away && preparer.undo_restores_rules(shop.control, shop.blueprint)) {
        return machine::RulesAway{};
    }
    const LockBudget budget{shop.settings.lock_timeout, shop.settings.lock_timeout};
    LockOutcome outcome = preparer.undo(shop.control, shop.blueprint, budget);
    if (outcome.granted && state.rules_were_away) {
        std::ranges::move(preparer.broken_rules(shop.control, shop.blueprint),
                          std::back_inserter(outcome.left));
    }
    for (const std::string& left : outcome.left) {
        shop.memory.findings.push_back("not as it was found: " + left);
    }
    shop.memory.blockers = outcome.blockers;
    if (!outcome.granted) {
        return machine::NotGranted{};
    }
    for (const std::string& difference :
         shop.engine.planner().unexpected_changes(shop.control, shop.blueprint, Planner::Moment::aborted)) {
        shop.note("after the undoing: " + difference);
        if (shop.blueprint.strategy != Strategy::shadow) { // statements of ours on the table itself
            shop.memory.findings.push_back("not as it was found: " + difference);
        }
    }
    return machine::Done{};
}

machine::Event run_native(Workshop& shop, std::size_t number) {
    if (shop.engine.native().done(shop.control, shop.blueprint, number)) {
        return machine::Done{};
    }
    const LockBudget budget{shop.settings.lock_timeout, shop.settings.lock_timeout};
    const LockOutcome outcome = shop.engine.native().run(shop.control, shop.blueprint, number, budget);
    shop.memory.blockers = outcome.blockers;
    if (!outcome.granted) {
        return machine::NotGranted{};
    }
    return machine::Done{};
}

} // namespace turntable::phase
