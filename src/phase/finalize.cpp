// finalize: the triggers and logs of the window go under a short lock, then the retired table in slices.
#include "phase/slice.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

constexpr Rows retire_rows = 10'000;

void note_differences(Workshop& shop) {
    for (const std::string& difference :
         shop.engine.planner().unexpected_changes(shop.control, shop.blueprint, Planner::Moment::finalized)) {
        shop.note("not as asked in the catalogue: " + difference);
    }
}

} // namespace

machine::Event remove_capture(Workshop& shop, Direction direction) {
    shop.fence(shop.control);
    const LockBudget budget{shop.settings.lock_timeout, shop.settings.lock_timeout};
    const LockOutcome outcome =
        shop.engine.retirer().remove_capture(shop.control, shop.blueprint, direction, budget);
    shop.memory.blockers = outcome.blockers;
    if (!outcome.granted) {
        return machine::NotGranted{};
    }
    return machine::Done{};
}

machine::Event retire_slice(Workshop& shop, const machine::State& state) {
    const Direction direction = state.reverted ? Direction::back : Direction::forward;
    Slice slice{shop};
    while (slice.may_go_on()) {
        const Stopwatch watch{shop.clock};
        shop.fence(shop.control);
        if (shop.engine.retirer().retire_slice(shop.control, shop.blueprint, direction, retire_rows)) {
            if (!state.reverted) { // else it was compared as it went back, and may have changed since
                note_differences(shop);
            }
            return machine::Done{};
        }
        shop.gate.yield_after(watch.elapsed());
    }
    return machine::More{};
}

} // namespace turntable::phase
