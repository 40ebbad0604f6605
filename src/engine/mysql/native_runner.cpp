#include "native_runner.hpp"

#include "catalog.hpp"
#include "create_text.hpp"
#include "detail.hpp"
#include "foreign_key_steps.hpp"
#include "short_lock.hpp"

namespace turntable::mysql {
namespace {

const Statement& native_statement(const Blueprint& blueprint, std::size_t n) {
    for (const PlannedStatement& planned : blueprint.script) {
        if (planned.phase == Phase::native && n-- == 0) {
            return planned.statement;
        }
    }
    check(false, "no such native statement");
    return blueprint.script.front().statement;
}

} // namespace

bool MysqlNativeRunner::done(Session& session, const Blueprint& blueprint, std::size_t n) const {
    const Detail detail = detail_of(blueprint);
    if (!detail.key_steps.empty()) {
        return foreign_key_step_done(session, blueprint, detail.key_steps.at(n));
    }
    const std::string& name = blueprint.source.name;
    const std::string before = n == 0 ? normalised(detail.source_text, name) : detail.native_texts.at(n - 1);
    if (before == detail.native_texts.at(n)) {
        return false; // a rebuild shows nothing in the definition: it may run twice
    }
    const std::string now = normalised(create_text(session, blueprint.source.schema, name), name);
    for (std::size_t later = n; later < detail.native_texts.size(); ++later) {
        if (now == detail.native_texts[later]) {
            return true;
        }
    }
    return false;
}

LockOutcome MysqlNativeRunner::run(Session& session, const Blueprint& blueprint, std::size_t n,
                                   const LockBudget& budget) const {
    const Statement& statement = native_statement(blueprint, n);
    if (const Detail detail = detail_of(blueprint); !detail.key_steps.empty()) {
        return run_foreign_key_step(session, blueprint, detail, detail.key_steps.at(n), statement, budget);
    }
    // An online form runs for long and waits for the lock at its start and at its end. Only the server's own
    // timeout tells waiting from working; it counts whole seconds.
    set_lock_wait(session, budget.lock_timeout);
    LockOutcome outcome;
    try {
        session.run(statement);
        outcome.granted = true;
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::lock_timeout) {
            throw;
        }
        outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
    }
    return outcome;
}

} // namespace turntable::mysql
