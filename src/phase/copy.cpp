// copy: chunks in parallel, each in a transaction of its own that share-locks the owner's epoch, copies, and
// writes its ledger row. A chunk that was planned and not finished (a crash, a lost answer) is the first to
// be done again.
#include <algorithm>

#include <deque>
#include <mutex>

#include "phase/slice.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

// Where the next chunk comes from: first the unfinished ones, then new ones, whose bounds are made durable
// here.
class ChunkSource {
  public:
    ChunkSource(Workshop& shop, machine::State& state, int sessions)
        : shop_(shop),
          state_(state),
          sessions_(sessions),
          ledger_session_(shop.sessions.lend(SessionUse::copy)) {
        const auto unfinished = shop.ledger.unfinished(*ledger_session_, state.copy_pass);
        unfinished_.assign(unfinished.begin(), unfinished.end());
        if (const auto last = shop.ledger.last(*ledger_session_, state.copy_pass)) {
            number_ = last->number + 1;
            lower_ = last->upper;
            planned_all_ = last->upper.empty();
        }
        const Ledger::Totals totals = shop.ledger.totals(*ledger_session_, state.copy_pass);
        state.copied = totals.rows;
        state.logged = totals.logged;
        planned_rows_ = totals.rows + totals.logged;
    }

    std::optional<Chunk> next() {
        if (!unfinished_.empty()) {
            Chunk chunk = unfinished_.front();
            unfinished_.pop_front();
            return chunk;
        }
        if (planned_all_) {
            exhausted_ = true;
            return std::nullopt;
        }
        const Rows asked = towards_the_end(shop_.copy_sizer.rows(),
                                           shop_.blueprint.estimate.rows - planned_rows_, sessions_);
        auto chunk =
            shop_.engine.copier().next_chunk(*ledger_session_, shop_.blueprint, shop_.origin, lower_, asked);
        if (!chunk) {
            planned_all_ = exhausted_ = true;
            return std::nullopt;
        }
        check(chunk->lower == lower_, "a chunk does not begin where the last one ended");
        check(chunk->upper.empty() || chunk->upper != chunk->lower, "an empty chunk");
        chunk->number = number_++;
        chunk->asked = asked;
        planned_rows_ += asked;
        lower_ = chunk->upper;
        planned_all_ = chunk->upper.empty();
        // One writing session at a time: there the bounds commit with the rows, and no orphan can be
        // half-way.
        if (!shop_.engine.traits().single_writer) {
            shop_.ledger.plan(*ledger_session_, state_.copy_pass, *chunk);
        }
        return chunk;
    }

    [[nodiscard]] bool exhausted() const { return exhausted_; }

  private:
    Workshop& shop_;
    machine::State& state_;
    int sessions_;
    SessionLender::Lease ledger_session_;
    std::deque<Chunk> unfinished_;
    std::string lower_;
    std::int64_t number_ = 0;
    Rows planned_rows_ = 0; // about
    bool planned_all_ = false;
    bool exhausted_ = false;
};

struct ChunkOutcome {
    CopiedChunk copied;
    DriftReport drift;
};

ChunkOutcome copy_one(Workshop& shop, std::int64_t pass, const Chunk& chunk) {
    const auto session = shop.sessions.lend(SessionUse::copy);
    const Stopwatch watch{shop.clock};
    Transaction transaction{*session, TxMode::write};
    shop.fence(*session);
    const auto result = shop.engine.copier().copy_chunk(*session, shop.blueprint, shop.origin, chunk);
    if (const auto* drift = std::get_if<DriftReport>(&result)) {
        return {{}, *drift};
    }
    const CopiedChunk& copied = std::get<CopiedChunk>(result);
    shop.ledger.finish(*session, pass, chunk, copied);
    transaction.commit();
    const auto duration = watch.elapsed();
    if (chunk.asked > 0) { // a chunk of an earlier run: nobody knows what it was asked for
        shop.copy_sizer.measured(chunk.asked, duration);
    }
    shop.gate.yield_after(duration);
    return {copied, {}};
}

int sessions_of(Workshop& shop) {
    return shop.engine.traits().single_writer
               ? 1
               : shop.engine.copier().sessions(shop.control, shop.settings.workers);
}

} // namespace

machine::Event copy_slice(Workshop& shop, machine::State& state) {
    const int sessions = sessions_of(shop);
    ChunkSource chunks{shop, state, sessions};
    // The server's estimate is of its last ANALYZE, if there was one; what the probe has counted is known.
    shop.gauge.rows_total = std::max(shop.blueprint.estimate.rows, shop.memory.probed);
    shop.gauge.rows_done = state.copied;
    Slice slice{shop};
    DriftReport drift;
    std::mutex drift_mutex; // work runs in parallel
    const auto source = [&]() -> std::optional<Chunk> {
        {
            const std::scoped_lock lock{drift_mutex};
            if (drift.drift != Drift::none) {
                return std::nullopt;
            }
        }
        return slice.may_go_on() ? chunks.next() : std::nullopt;
    };
    const auto work = [&](const Chunk& chunk) -> Pipeline::Landing {
        const ChunkOutcome outcome = copy_one(shop, state.copy_pass, chunk);
        if (outcome.drift.drift != Drift::none) {
            const std::scoped_lock lock{drift_mutex};
            drift = outcome.drift;
        }
        return [&shop, &state, outcome] {
            state.copied += outcome.copied.rows;
            state.logged += outcome.copied.logged;
            shop.gauge.rows_done = state.copied + state.logged;
        };
    };
    shop.pipeline.run(sessions, source, work);
    if (drift.drift != Drift::none) {
        return machine::SourceDrifted{drift};
    }
    if (chunks.exhausted()) {
        return machine::Done{};
    }
    return machine::More{};
}

machine::Event restart_copy(Workshop& shop, machine::State& state) {
    shop.note("the copy starts again: " + state.reason);
    Transaction transaction{shop.control, TxMode::write};
    shop.fence(shop.control);
    shop.engine.copier().empty_shadow(shop.control, shop.blueprint);
    shop.ledger.forget(shop.control, state.copy_pass);
    transaction.commit();
    return machine::Done{};
}

} // namespace turntable::phase
