// MySQL: one session locks everything WRITE, drains, renames under its own locks, unlocks.
#include <fmt/format.h>

#include "foreign_keys.hpp"
#include "inbound_keys.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "swap_steps.hpp"
#include "user_triggers.hpp"

namespace turntable::mysql {
namespace {

// Every name and every alias that the drain and the comparison use must be locked by itself.
std::string lock_statement(const Route& route, const std::string& other_log, const Detail& detail) {
    return fmt::format("LOCK TABLES {0} WRITE, {0} AS src WRITE, {1} WRITE, {1} AS dst WRITE, {2} WRITE, "
                       "{2} AS lg WRITE, {3} WRITE{4}",
                       quote_name(route.from), quote_name(route.to), quote_name(route.log),
                       quote_name(other_log), inbound_locks(detail));
}

class TableLocks {
  public:
    explicit TableLocks(Session& session) : session_(session) {}
    ~TableLocks() {
        try {
            release();
        } catch (...) { // they end with the session
            return;
        }
    }
    TableLocks(const TableLocks&) = delete;
    TableLocks& operator=(const TableLocks&) = delete;
    void release() {
        if (held_ && session_.usable()) {
            session_.run("UNLOCK TABLES");
        }
        held_ = false;
    }

  private:
    Session& session_;
    bool held_ = true;
};

// Keys to the table that waits come before the renaming, what hangs on the parked table goes after it: at no
// step, whoever dies, has the live table lost anything.
SwapOutcome::Kind rename_with_followers(Session& session, const SwapRequest& request, const Detail& detail) {
    const Blueprint& blueprint = request.blueprint;
    const SwapNames names = swap_names(blueprint, request.direction);
    const Millis wait = request.budget.lock_timeout;
    // Only now: before, they would look into the catalogue for every row of ours.
    add_provisional_triggers(session, blueprint, detail, names.waiting);
    if (!add_inbound_keys(session, detail, names.waiting, wait) ||
        !add_foreign_keys(session, blueprint, detail, names.waiting, wait)) {
        static_cast<void>(drop_stray_inbound_keys(session, blueprint, detail, wait));
        drop_parked_triggers(session, blueprint, detail, names.waiting);
        return SwapOutcome::Kind::lock_not_granted;
    }
    try {
        session.run(Statement{rename_statement(names), {}, "the swap", Blocks::everyone_briefly});
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::outcome_unknown) {
            return SwapOutcome::Kind::outcome_unknown;
        }
        throw;
    }
    drop_parked_triggers(session, blueprint, detail, names.parked);
    // Not granted: they are dropped online; nothing but the new table's own rows is in their way.
    static_cast<void>(drop_foreign_keys(session, blueprint, detail, names.parked, wait));
    static_cast<void>(drop_stray_inbound_keys(session, blueprint, detail, wait));
    return SwapOutcome::Kind::done;
}

} // namespace

SwapOutcome swap_under_lock_tables(Session& session, const SwapRequest& request) {
    const Detail detail = detail_of(request.blueprint);
    const Route route = make_route(request.blueprint, detail, request.direction);
    const std::string& other = request.direction == Direction::forward ? request.blueprint.reverse_log_name
                                                                       : request.blueprint.log_name;
    SwapOutcome outcome;
    const Statement lock{
        lock_statement(route, other, detail), {}, "no writer from here on", Blocks::everyone_briefly};
    if (!run_within(session, lock, request.budget.lock_timeout)) {
        outcome.blockers =
            blockers_of(session, request.blueprint.source.schema, request.blueprint.source.name);
        return outcome;
    }
    const Stopwatch held;
    TableLocks locks{session};
    if (auto refused = settle_under_lock(session, request, detail, route, held, outcome.drained)) {
        locks.release();
        refused->held = held.elapsed();
        refused->drained = outcome.drained;
        return *refused;
    }
    outcome.kind = rename_with_followers(session, request, detail);
    locks.release();
    outcome.held = held.elapsed();
    return outcome;
}

} // namespace turntable::mysql
