#include "followers.hpp"

#include "cascades.hpp"
#include "create_text.hpp"
#include "foreign_keys.hpp"
#include "inbound_keys.hpp"
#include "own_cascades.hpp"
#include "statistics.hpp"
#include "user_triggers.hpp"

namespace turntable::mysql {
namespace {

void compare(std::vector<std::string>& differences, const std::string& what, const std::string& now,
             const std::string& right) {
    if (now != right) {
        differences.push_back(what + " are\n" + now + "and should be\n" + right);
    }
}

} // namespace

void keep_followers(Session& session, const Table& source, const Table& target, const Blueprint& blueprint,
                    Detail& detail, const std::string& clone) {
    detail.foreign_keys = kept_foreign_keys(source, target, blueprint);
    detail.inbound = kept_inbound_keys(session, detail.kind, source, target, blueprint);
    detail.inbound_text = inbound_text(session, blueprint, detail);
    detail.statistics = kept_statistics(session, detail.kind, source, blueprint);
    detail.cascades = cascade_paths(session, source);
    check_cascade_keys(blueprint, detail);
    detail.own_cascades = own_cascades(source);
    check_own_cascades(source, detail.own_cascades, detail.cascades);
    rehearse_own_keys(session, blueprint, detail, clone);
    detail.user_triggers = kept_triggers(session, detail.kind, source, blueprint);
    rehearse_triggers(session, blueprint, detail, clone);
}

std::vector<std::string> unexpected_followers(Session& session, const Blueprint& blueprint,
                                              const Detail& detail, Planner::Moment moment) {
    std::vector<std::string> differences;
    const bool named = moment == Planner::Moment::finalized || moment == Planner::Moment::aborted;
    compare(differences, "the foreign keys of " + blueprint.source.display(),
            foreign_keys_text(create_text(session, blueprint.source.schema, blueprint.source.name), named),
            foreign_keys_text(detail.source_text, named));
    if (blueprint.strategy != Strategy::shadow) {
        return differences;
    }
    compare(differences, "the foreign keys that refer to " + blueprint.source.display(),
            inbound_text(session, blueprint, detail), detail.inbound_text);
    compare(differences, "the triggers on " + blueprint.source.display(),
            user_triggers_text(session, blueprint, detail, blueprint.source.name),
            user_triggers_text(detail));
    return differences;
}

DriftReport followers_drift(Session& session, const Blueprint& blueprint, const Detail& detail) {
    // No table is opened for this look where nothing refers to the table.
    const bool referred_to =
        is_referred_to(session, detail.kind, blueprint.source.schema, blueprint.source.name);
    if (referred_to == detail.inbound.empty() ||
        (referred_to && inbound_text(session, blueprint, detail) != detail.inbound_text)) {
        return {Drift::stop, "the foreign keys that refer to " + blueprint.source.display() +
                                 " were changed by somebody else"};
    }
    if (user_triggers_text(session, blueprint, detail, blueprint.source.name) != user_triggers_text(detail)) {
        return {Drift::stop,
                "the triggers on " + blueprint.source.display() + " were changed by somebody else"};
    }
    if (std::string gap = cascade_gap(session, blueprint, detail, Direction::forward); !gap.empty()) {
        return {Drift::stop, gap + ": changes that arrive through foreign keys may be missing"};
    }
    return {};
}

bool settle_followers(Session& session, const Blueprint& blueprint, const Detail& detail,
                      Millis lock_timeout) {
    // All are tried: what one of them waits for need not be in the way of the others.
    const bool keys = drop_stray_inbound_keys(session, blueprint, detail, lock_timeout) &&
                      restore_inbound_names(session, blueprint, detail, lock_timeout);
    const bool own_keys = restore_foreign_key_names(session, blueprint, detail, lock_timeout);
    const bool triggers = restore_trigger_names(session, blueprint, detail, lock_timeout);
    return keys && own_keys && triggers;
}

} // namespace turntable::mysql
