// verify: every row of both sides, chunk by chunk, each in one snapshot, under live writes and without locks.
// Keys in the log are left out and compared after their replay; the few that never leave the log are compared
// under the swap's lock. Any difference stops the job before the swap.
#include <algorithm>
#include <mutex>

#include "phase/slice.hpp"
#include "phase/totals.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

constexpr std::size_t recheck_batch_keys = 500;
// --verify sample compares every n-th chunk.
constexpr std::int64_t sample_every = 20;

void start(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    memory.verify_open = true;
    memory.verify_exhausted = false;
    memory.verify_lower.clear();
    memory.verify_chunk_number = 0;
    memory.verify_planned_rows = 0;
    memory.verified_source = memory.verified_shadow = 0;
    memory.pending.clear();
    memory.differences.clear();
    memory.verified_sums.assign(shop.blueprint.conversions.size(), {});
    state.mismatches = 0;
    state.totals_at = shop.settings.verify == VerifyMode::full ? state.replayed : -1;
    shop.gauge.rows_total = state.copied + state.logged;
    shop.gauge.rows_done = 0;
}

void land(Workshop& shop, machine::State& state, VerifiedChunk verified) {
    Memory& memory = shop.memory;
    memory.verified_source += verified.source_rows;
    memory.verified_shadow += verified.shadow_rows;
    shop.gauge.rows_done = memory.verified_source;
    state.mismatches += verified.difference_count;
    const auto room = static_cast<std::size_t>(shop.settings.example_keys_max);
    for (Difference& difference : verified.differences) {
        if (memory.differences.size() < room) {
            memory.differences.push_back(std::move(difference));
        }
    }
    std::move(verified.pending.begin(), verified.pending.end(), std::back_inserter(memory.pending));
    for (std::size_t i = 0; i < verified.sums.size(); ++i) {
        add(memory.verified_sums.at(i), verified.sums[i], shop.blueprint.conversions.at(i));
    }
}

VerifiedChunk verify_one(Workshop& shop, const Chunk& chunk) {
    const auto session = shop.sessions.lend(SessionUse::read);
    const Stopwatch watch{shop.clock};
    Transaction snapshot{*session, TxMode::snapshot};
    VerifiedChunk verified =
        shop.engine.verifier().verify_chunk(*session, shop.blueprint, chunk, shop.settings.example_keys_max);
    shop.verify_sizer.measured(chunk.asked, watch.elapsed());
    return verified;
}

// The totals shown at the end are those that were verified, not those of the probe: writers went on
// meanwhile.
void keep_sums(Workshop& shop, machine::State& state) {
    state.conversions.resize(shop.blueprint.conversions.size());
    for (std::size_t i = 0; i < shop.memory.verified_sums.size(); ++i) {
        const auto& verified = shop.memory.verified_sums[i];
        if (shop.blueprint.conversions[i].conserves_sum) {
            state.conversions[i].sum_source = verified.sum_source;
            state.conversions[i].sum_target = verified.sum_target;
            state.conversions[i].sum_error = verified.sum_error;
        }
    }
}

// Differences that the counts or the sums show although no row does.
machine::Event conclude(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    memory.verify_open = false;
    state.source_rows = memory.verified_source;
    state.shadow_rows = memory.verified_shadow;
    if (state.mismatches == 0 && memory.verified_source != memory.verified_shadow) {
        state.mismatches = std::abs(memory.verified_source - memory.verified_shadow);
    }
    for (std::size_t i = 0; i < memory.verified_sums.size(); ++i) {
        const ConversionPlan& conversion = shop.blueprint.conversions[i];
        if (conversion.conserves_sum && !conserved(memory.verified_sums[i], conversion.scale)) {
            shop.note("the total of " + conversion.source_column + " is not conserved: " +
                      memory.verified_sums[i].sum_source + " against " + memory.verified_sums[i].sum_target +
                      " with a rounding error of " + memory.verified_sums[i].sum_error);
            state.mismatches = std::max<std::int64_t>(state.mismatches, 1);
        }
    }
    if (state.mismatches > 0) {
        return machine::Differs{state.mismatches};
    }
    keep_sums(shop, state);
    state.recheck_left = std::ssize(memory.pending);
    return machine::Done{};
}

} // namespace

machine::Event verify_slice(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    if (!memory.verify_open) {
        start(shop, state);
    }
    Slice slice{shop};
    const auto session = shop.sessions.lend(SessionUse::read);
    const auto source = [&]() -> std::optional<Chunk> {
        while (!memory.verify_exhausted && slice.may_go_on()) {
            const Rows left = shop.gauge.rows_total - memory.verify_planned_rows;
            const Rows asked = towards_the_end(shop.verify_sizer.rows(), left, shop.settings.workers);
            auto chunk =
                shop.engine.verifier().next_chunk(*session, shop.blueprint, memory.verify_lower, asked);
            if (!chunk) {
                memory.verify_exhausted = true;
                return std::nullopt;
            }
            memory.verify_lower = chunk->upper;
            memory.verify_exhausted = chunk->upper.empty();
            chunk->number = memory.verify_chunk_number++;
            chunk->asked = asked;
            memory.verify_planned_rows += asked;
            if (shop.settings.verify == VerifyMode::full || chunk->number % sample_every == 0) {
                return chunk;
            }
        }
        return std::nullopt;
    };
    const auto work = [&](const Chunk& chunk) -> Pipeline::Landing {
        return [&shop, &state, verified = verify_one(shop, chunk)] { land(shop, state, verified); };
    };
    shop.pipeline.run(shop.settings.workers, source, work);
    if (!memory.verify_exhausted) {
        return machine::More{};
    }
    return conclude(shop, state);
}

machine::Event recheck_keys(Workshop& shop, machine::State& state) {
    Memory& memory = shop.memory;
    const machine::Event replayed = replay_slice(shop, state, Direction::forward);
    if (!std::holds_alternative<machine::CaughtUp>(replayed)) {
        return replayed;
    }
    const auto session = shop.sessions.lend(SessionUse::read);
    std::vector<std::string> again;
    for (std::size_t from = 0; from < memory.pending.size(); from += recheck_batch_keys) {
        const auto to = std::min(from + recheck_batch_keys, memory.pending.size());
        const std::vector<std::string> keys(memory.pending.begin() + static_cast<std::ptrdiff_t>(from),
                                            memory.pending.begin() + static_cast<std::ptrdiff_t>(to));
        Transaction snapshot{*session, TxMode::snapshot};
        const VerifiedChunk verified = shop.engine.verifier().verify_keys(*session, shop.blueprint, keys,
                                                                          shop.settings.example_keys_max);
        std::copy(verified.pending.begin(), verified.pending.end(), std::back_inserter(again));
        state.mismatches += verified.difference_count;
        std::copy(verified.differences.begin(), verified.differences.end(),
                  std::back_inserter(memory.differences));
        state.source_rows += verified.source_rows;
        state.shadow_rows += verified.shadow_rows;
        for (std::size_t i = 0; i < verified.sums.size(); ++i) {
            add(memory.verified_sums.at(i), verified.sums[i], shop.blueprint.conversions.at(i));
        }
    }
    memory.pending = std::move(again);
    keep_sums(shop, state);
    if (state.mismatches > 0) {
        return machine::Differs{state.mismatches};
    }
    if (memory.pending.empty()) {
        return machine::Done{};
    }
    return machine::PendingLeft{std::ssize(memory.pending)};
}

} // namespace turntable::phase
