// replay: consumes the change log in batches until what is left is small. One replayer: two must never hold
// entries of one key, and one transaction per batch reads the rows' present state after it has seen the
// entries.
#include "phase/slice.hpp"
#include "phase/workshop.hpp"

namespace turntable::phase {
namespace {

// A batch this much smaller than asked for means that the log is nearly empty.
constexpr Rows small_backlog = 1000;

Replayed replay_one(Workshop& shop, Session& session, Direction direction) {
    Transaction transaction{session, TxMode::write};
    shop.fence(session);
    Replayed replayed = shop.engine.replayer().replay_batch(session, shop.blueprint, direction,
                                                            shop.engine.traits().replay_batch_keys);
    transaction.commit();
    return replayed;
}

} // namespace

machine::Event replay_slice(Workshop& shop, machine::State& state, Direction direction) {
    const auto session = shop.sessions.lend(SessionUse::copy);
    Slice slice{shop};
    shop.memory.clashes.clear();
    while (slice.may_go_on()) {
        const Stopwatch watch{shop.clock};
        const Replayed replayed = replay_one(shop, *session, direction);
        shop.gate.yield_after(watch.elapsed());
        state.replayed += replayed.entries;
        // A clash can be with a stale row that the next batch mends; twice nothing but clashes is for a
        // person.
        const bool only_clashes = !replayed.clashes.empty() && replayed.written == 0 && replayed.deleted == 0;
        if (only_clashes && shop.memory.clash_only) {
            shop.memory.clashes = replayed.clashes;
            return machine::DoesNotFit{"row " + replayed.clashes.front().key +
                                       " cannot be applied: " + replayed.clashes.front().reason};
        }
        shop.memory.clash_only = only_clashes;
        shop.gauge.backlog =
            shop.engine.replayer().backlog(*session, shop.blueprint, direction, 10 * small_backlog);
        if (!only_clashes && shop.gauge.backlog < small_backlog) {
            return machine::CaughtUp{};
        }
    }
    return machine::More{};
}

} // namespace turntable::phase
