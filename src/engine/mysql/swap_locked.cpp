// MySQL: one session locks everything WRITE, drains, renames under its own locks, unlocks.
#include <fmt/format.h>

#include "foreign_keys.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "swap_steps.hpp"

namespace turntable::mysql {
namespace {

// Every name and every alias that the drain and the comparison use must be locked by itself.
std::string lock_statement(const Route& route, const std::string& other_log) {
    return fmt::format("LOCK TABLES {0} WRITE, {0} AS src WRITE, {1} WRITE, {1} AS dst WRITE, {2} WRITE, "
                       "{2} AS lg WRITE, {3} WRITE",
                       quote_name(route.from), quote_name(route.to), quote_name(route.log),
                       quote_name(other_log));
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

} // namespace

SwapOutcome swap_under_lock_tables(Session& session, const SwapRequest& request) {
    const Detail detail = detail_of(request.blueprint);
    const Route route = make_route(request.blueprint, detail, request.direction);
    const std::string& other = request.direction == Direction::forward ? request.blueprint.reverse_log_name
                                                                       : request.blueprint.log_name;
    SwapOutcome outcome;
    const Statement lock{
        lock_statement(route, other), {}, "no writer from here on", Blocks::everyone_briefly};
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
    const SwapNames names = swap_names(request.blueprint, request.direction);
    if (!add_foreign_keys(session, request.blueprint, detail, names.waiting, request.budget.lock_timeout)) {
        locks.release();
        outcome.held = held.elapsed();
        return outcome;
    }
    try {
        session.run(Statement{rename_statement(names), {}, "the swap", Blocks::everyone_briefly});
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::outcome_unknown) {
            outcome.kind = SwapOutcome::Kind::outcome_unknown;
            return outcome;
        }
        throw;
    }
    drop_foreign_keys(session, request.blueprint, detail, names.parked);
    locks.release();
    outcome.kind = SwapOutcome::Kind::done;
    outcome.held = held.elapsed();
    return outcome;
}

} // namespace turntable::mysql
