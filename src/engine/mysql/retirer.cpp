#include "retirer.hpp"

#include <fmt/format.h>

#include "capture.hpp"
#include "cascades.hpp"
#include "catalog.hpp"
#include "detail.hpp"
#include "followers.hpp"
#include "keep.hpp"
#include "key_sql.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {

LockOutcome MysqlRetirer::remove_capture(Session& session, const Blueprint& blueprint, Direction swapped,
                                         const LockBudget& budget) const {
    const Detail detail = detail_of(blueprint);
    LockOutcome outcome;
    if (swapped == Direction::forward && !contract(session, blueprint, detail, budget.lock_timeout)) {
        outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
        return outcome;
    }
    // whichever table the triggers are on now
    if (!settle_followers(session, blueprint, detail, budget.lock_timeout)) {
        outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
        return outcome;
    }
    for (const Direction direction : {Direction::forward, Direction::back}) {
        LockOutcome parents =
            drop_cascade_triggers(session, blueprint, detail, direction, budget.lock_timeout);
        if (!parents.granted) {
            return parents;
        }
        for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, direction)) {
            if (table_of_trigger(session, blueprint.source.schema, trigger.name).empty()) {
                continue;
            }
            const Statement drop{"DROP TRIGGER IF EXISTS " + quote_name(trigger.name),
                                 {},
                                 "end the capture",
                                 Blocks::everyone_briefly};
            if (!run_within(session, drop, budget.lock_timeout)) {
                outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
                return outcome;
            }
        }
    }
    session.run("DROP TABLE IF EXISTS " + quote_name(blueprint.log_name));
    session.run("DROP TABLE IF EXISTS " + quote_name(blueprint.reverse_log_name));
    outcome.granted = true;
    return outcome;
}

bool MysqlRetirer::retire_slice(Session& session, const Blueprint& blueprint, Direction swapped,
                                Rows rows) const {
    const Detail detail = detail_of(blueprint);
    const bool forward = swapped == Direction::forward;
    const std::string& table = forward ? blueprint.old_name : blueprint.shadow_name;
    const std::vector<KeyPart>& key = forward ? detail.source_key : detail.target_key;
    if (!table_exists(session, blueprint.source.schema, table)) {
        return true;
    }
    // Rows of a table that others refer to must not go: their keys might delete on, or refuse.
    if (is_referred_to(session, detail.kind, blueprint.source.schema, table)) {
        throw Error{ErrorKind::needs_repair, "retired_table_in_use",
                    "a foreign key of another table refers to '" + table + "', which is to be retired"}
            .next("drop that foreign key, then finalize again");
    }
    const Rows deleted =
        session
            .run(fmt::format("DELETE FROM {} ORDER BY {} LIMIT {}", quote_name(table), key_names(key), rows))
            .affected;
    if (deleted > 0) {
        return false;
    }
    session.run("DROP TABLE IF EXISTS " + quote_name(table));
    return true;
}

} // namespace turntable::mysql
