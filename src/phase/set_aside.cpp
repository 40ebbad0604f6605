// quarantine: the values that the new table could not hold, from the old one, which is at rest after the
// swap. So the side table says what was true at the swap, whatever was written while the rows were copied.
#include <limits>

#include "phase/slice.hpp"
#include "phase/workshop.hpp"
#include "turntable/conversion_classes.hpp"

namespace turntable::phase {
namespace {

// Only what is quarantined is asked of the old table.
Blueprint question(const Workshop& shop) {
    Blueprint old = shop.engine.prober().over_old_table(shop.blueprint);
    for (ConversionPlan& plan : old.conversions) {
        plan.conserves_sum = false;
        for (const PlannedClass& one : planned_classes(plan)) {
            if (one.fate != PlannedClass::Fate::quarantined) {
                (plan.*one.predicate).clear();
            }
        }
    }
    return old;
}

struct Found {
    std::vector<SetAsideValue> values;
    std::vector<Rows> per_conversion;
};

Found found_in(const ProbedChunk& probed, const Blueprint& old) {
    Found found;
    for (std::size_t i = 0; i < probed.conversions.size(); ++i) {
        const auto& examples = probed.conversions[i].examples;
        found.per_conversion.push_back(std::ssize(examples));
        for (const ProbeExample& example : examples) {
            found.values.push_back(
                {old.conversions[i].source_column, example.key, example.value, example.finding});
        }
    }
    return found;
}

void keep(Workshop& shop, machine::State& state, const Chunk& chunk, const Found& found) {
    if (!found.values.empty()) {
        Transaction transaction{shop.control, TxMode::write};
        shop.fence(shop.control);
        shop.side_table.keep(shop.control, state.set_aside_chunks, found.values);
        transaction.commit();
    }
    ++state.set_aside_chunks;
    state.set_aside_lower = chunk.upper;
    for (std::size_t i = 0; i < found.per_conversion.size(); ++i) {
        state.conversions.at(i).quarantined += found.per_conversion[i];
    }
}

// A run that died may have kept a chunk that its state does not count.
void start(Workshop& shop, const machine::State& state) {
    shop.side_table.create(shop.control);
    Transaction transaction{shop.control, TxMode::write};
    shop.fence(shop.control);
    shop.side_table.forget_from(shop.control, state.set_aside_chunks);
    transaction.commit();
}

} // namespace

machine::Event set_aside(Workshop& shop, machine::State& state) {
    state.conversions.resize(shop.blueprint.conversions.size());
    start(shop, state);
    state.side_table = shop.side_table.name();
    const Blueprint old = question(shop);
    Slice slice{shop};
    while (slice.may_go_on()) {
        const Stopwatch watch{shop.clock};
        const Rows asked = shop.verify_sizer.rows();
        const auto chunk = shop.engine.prober().next_chunk(shop.control, old, state.set_aside_lower, asked);
        if (!chunk) {
            return machine::Done{};
        }
        const auto session = shop.sessions.lend(SessionUse::read);
        const ProbedChunk probed =
            shop.engine.prober().probe_chunk(*session, old, *chunk, std::numeric_limits<int>::max());
        keep(shop, state, *chunk, found_in(probed, old));
        shop.verify_sizer.measured(asked, watch.elapsed());
        if (chunk->upper.empty()) {
            return machine::Done{};
        }
        shop.gate.yield_after(watch.elapsed());
    }
    return machine::More{};
}

} // namespace turntable::phase
