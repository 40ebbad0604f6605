#include "preparer.hpp"

#include <fmt/format.h>

#include "capture.hpp"
#include "cascades.hpp"
#include "catalog.hpp"
#include "detail.hpp"
#include "foreign_key_steps.hpp"
#include "inbound_keys.hpp"
#include "prepared_transactions.hpp"
#include "quote.hpp"
#include "short_lock.hpp"

namespace turntable::mysql {
namespace {

Statement drop_table(const std::string& name) {
    return {"DROP TABLE IF EXISTS " + quote_name(name), {}, "remove a helper table", Blocks::nobody};
}

// A half-made shadow of an earlier try is thrown away: nothing is in it before the capture is installed.
// After that it is kept as it is.
void create_shadow(Session& session, const Blueprint& blueprint, const Detail& detail) {
    if (table_exists(session, blueprint.source.schema, blueprint.shadow_name)) {
        if (capture_on(session, blueprint, detail, Direction::forward, blueprint.source.name)) {
            return;
        }
        session.run(drop_table(blueprint.shadow_name));
    }
    for (const Statement& statement : shadow_statements(blueprint)) {
        session.run(statement);
    }
}

void create_log_table(Session& session, const Blueprint& blueprint, const Detail& detail,
                      Direction direction) {
    const std::string& name =
        direction == Direction::forward ? blueprint.log_name : blueprint.reverse_log_name;
    if (!table_exists(session, blueprint.source.schema, name)) {
        session.run(create_log(blueprint, detail, direction));
    }
}

LockOutcome not_granted(Session& session, const Blueprint& blueprint) {
    LockOutcome outcome;
    outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
    return outcome;
}

} // namespace

std::vector<Statement> shadow_statements(const Blueprint& blueprint) {
    const Detail detail = detail_of(blueprint);
    const std::string shadow = quote_name(blueprint.shadow_name);
    std::vector<Statement> statements{
        {fmt::format("CREATE TABLE {} LIKE {}", shadow, quote_name(blueprint.source.name)),
         {},
         "an empty table of the same shape",
         Blocks::nobody}};
    for (const std::string& clauses : detail.alters) {
        statements.push_back({fmt::format("ALTER TABLE {} {}", shadow, clauses),
                              {},
                              "the change, on the empty table",
                              Blocks::nobody});
    }
    std::string drops;
    for (const std::string& name : detail.deferred.names) {
        drops += (drops.empty() ? "DROP INDEX " : ", DROP INDEX ") + quote_name(name);
    }
    if (!drops.empty()) {
        statements.push_back({fmt::format("ALTER TABLE {} {}", shadow, drops),
                              {},
                              "secondary indexes are built after the copy, in bulk",
                              Blocks::nobody});
    }
    return statements;
}

void MysqlPreparer::create_objects(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    if (create_text(session, blueprint.source.schema, blueprint.source.name) != detail.source_text) {
        throw Error{ErrorKind::refused, "source_changed",
                    "the definition of " + blueprint.source.display() + " changed since the plan was made"}
            .next("plan again");
    }
    create_shadow(session, blueprint, detail);
    create_log_table(session, blueprint, detail, Direction::forward);
    create_log_table(session, blueprint, detail, Direction::back);
}

LockOutcome MysqlPreparer::install_capture(Session& session, const Blueprint& blueprint,
                                           const LockBudget& budget) const {
    const Detail detail = detail_of(blueprint);
    for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, Direction::forward)) {
        const std::string on = table_of_trigger(session, blueprint.source.schema, trigger.name);
        if (same_name(on, trigger.table)) {
            continue;
        }
        if (!on.empty()) {
            throw Error{ErrorKind::refused, "foreign_object",
                        "a trigger '" + trigger.name + "' exists already, on the table '" + on + "'"};
        }
        if (!run_within(session, trigger.create, budget.lock_timeout)) {
            return not_granted(session, blueprint);
        }
    }
    LockOutcome outcome =
        install_cascade_triggers(session, blueprint, detail, Direction::forward, budget.lock_timeout);
    if (outcome.granted) {
        // Any of them may be older than the triggers.
        outcome.blockers = blockers_from(wait_for_prepared(session, detail.kind, budget.lock_timeout));
        outcome.granted = outcome.blockers.empty();
    }
    return outcome;
}

bool MysqlPreparer::undo_restores_rules(Session& session, const Blueprint& blueprint) const {
    return foreign_key_is_away(session, blueprint, detail_of(blueprint));
}

std::vector<std::string> MysqlPreparer::broken_rules(Session& session, const Blueprint& blueprint) const {
    return orphans_under_keys(session, blueprint, detail_of(blueprint));
}

LockOutcome MysqlPreparer::undo(Session& session, const Blueprint& blueprint,
                                const LockBudget& budget) const {
    const Detail detail = detail_of(blueprint);
    if (!detail.key_steps.empty()) {
        return undo_foreign_key_steps(session, blueprint, detail, budget);
    }
    for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, Direction::forward)) {
        if (same_name(table_of_trigger(session, blueprint.source.schema, trigger.name),
                      blueprint.source.name) &&
            !run_within(session,
                        {"DROP TRIGGER IF EXISTS " + quote_name(trigger.name),
                         {},
                         "end the capture",
                         Blocks::everyone_briefly},
                        budget.lock_timeout)) {
            return not_granted(session, blueprint);
        }
    }
    for (const Direction direction : {Direction::forward, Direction::back}) {
        LockOutcome parents =
            drop_cascade_triggers(session, blueprint, detail, direction, budget.lock_timeout);
        if (!parents.granted) {
            return parents;
        }
    }
    if (!drop_stray_inbound_keys(session, blueprint, detail, budget.lock_timeout)) {
        return not_granted(session, blueprint);
    }
    session.run(drop_table(blueprint.shadow_name)); // its triggers go with it
    session.run(drop_table(blueprint.log_name));
    session.run(drop_table(blueprint.reverse_log_name));
    session.run(drop_table(blueprint.old_name)); // the empty sentry of a swap that was cut off
    LockOutcome outcome;
    outcome.granted = true;
    return outcome;
}

} // namespace turntable::mysql
