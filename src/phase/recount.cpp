// recount: what was replayed since the verification took its totals is in none of them, so they are taken
// once more, from the old table: at rest after the swap, and by invariant I the source of all that the new
// one had then. What is told at the end is so the table of one moment, to be computed again by anybody as
// long as the old table is there.
#include "phase/slice.hpp"
#include "phase/totals.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

void start(Workshop& shop) {
    Memory& memory = shop.memory;
    memory.recount_open = true;
    memory.recount_exhausted = false;
    memory.recount_lower.clear();
    memory.recounted.assign(shop.blueprint.conversions.size(), {});
}

void keep(Workshop& shop, machine::State& state) {
    state.conversions.resize(shop.blueprint.conversions.size());
    for (std::size_t i = 0; i < state.conversions.size(); ++i) {
        const ConversionPlan& plan = shop.blueprint.conversions[i];
        machine::ConversionTotals totals = shop.memory.recounted.at(i);
        totals.quarantined = state.conversions[i].quarantined;
        if (plan.conserves_sum && !conserved(totals, plan.scale)) {
            shop.memory.findings.push_back(
                "the total of " + plan.source_column + " is not conserved: " + totals.sum_source +
                " against " + totals.sum_target + " with a rounding error of " + totals.sum_error);
            shop.note(shop.memory.findings.back());
        }
        state.conversions[i] = std::move(totals);
    }
    state.totals_at = state.replayed;
}

} // namespace

machine::Event recount(Workshop& shop, machine::State& state) {
    if (state.totals_at == state.replayed) {
        return machine::Done{}; // nothing was written in between
    }
    Memory& memory = shop.memory;
    if (!memory.recount_open) {
        start(shop);
    }
    const Blueprint old = shop.engine.prober().over_old_table(shop.blueprint);
    Slice slice{shop};
    const auto source = [&]() -> std::optional<Chunk> {
        if (memory.recount_exhausted || !slice.may_go_on()) {
            return std::nullopt;
        }
        const Rows asked = shop.verify_sizer.rows();
        auto chunk = shop.engine.prober().next_chunk(shop.control, old, memory.recount_lower, asked);
        memory.recount_exhausted = !chunk || chunk->upper.empty();
        if (chunk) {
            chunk->asked = asked;
            memory.recount_lower = chunk->upper;
        }
        return chunk;
    };
    const auto work = [&](const Chunk& chunk) -> Pipeline::Landing {
        const auto session = shop.sessions.lend(SessionUse::read);
        const Stopwatch watch{shop.clock};
        const Transaction snapshot{*session, TxMode::snapshot};
        auto probed = shop.engine.prober().probe_chunk(*session, old, chunk, 0);
        shop.verify_sizer.measured(chunk.asked, watch.elapsed());
        return [&memory, probed = std::move(probed)] {
            for (std::size_t i = 0; i < probed.conversions.size(); ++i) {
                add(memory.recounted.at(i), probed.conversions[i]);
            }
        };
    };
    shop.pipeline.run(shop.settings.workers, source, work);
    if (!memory.recount_exhausted) {
        return machine::More{};
    }
    keep(shop, state);
    return machine::Done{};
}

} // namespace turntable::phase
