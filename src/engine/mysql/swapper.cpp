#include "swapper.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "capture.hpp"
#include "cascades.hpp"
#include "catalog.hpp"
#include "followers.hpp"
#include "foreign_keys.hpp"
#include "inbound_keys.hpp"
#include "quote.hpp"
#include "replayer.hpp"
#include "short_lock.hpp"
#include "swap_ids.hpp"
#include "swap_steps.hpp"
#include "user_triggers.hpp"
#include "window_check.hpp"

namespace turntable::mysql {
namespace {

constexpr int probed_batches_max = 20;
constexpr Rows probed_batch_keys = 10'000;
constexpr Millis name_lock_timeout{300};
constexpr int parent_lock_tries = 20;

// What must be there before anybody is locked out. nullopt: the lock may be asked for.
std::optional<SwapOutcome> make_ready(Session& session, const SwapRequest& request, const Detail& detail) {
    const Blueprint& blueprint = request.blueprint;
    const Millis wait = request.budget.lock_timeout;
    SwapOutcome outcome;
    if (!settle_followers(session, blueprint, detail, wait)) {
        outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
        return outcome;
    }
    if (request.direction == Direction::forward && request.keep_old) {
        install_reverse_capture(session, blueprint, detail);
        const LockOutcome parents =
            install_cascade_triggers(session, blueprint, detail, Direction::back, wait);
        if (!parents.granted) {
            outcome.blockers = parents.blockers;
            return outcome;
        }
        keep_swap_ids(session, blueprint, detail);
    }
    return std::nullopt;
}

// What a swap that was cut off may have left: a child with a key to a helper table, which turns its new rows
// away, and a helper table with a foreign key, which keeps parents from going.
void drop_stray_keys(Session& session, const Blueprint& blueprint, const Detail& detail) {
    static_cast<void>(drop_stray_inbound_keys(session, blueprint, detail, name_lock_timeout));
    for (const std::string& helper : {blueprint.shadow_name, blueprint.old_name}) {
        static_cast<void>(drop_foreign_keys(session, blueprint, detail, helper, name_lock_timeout));
    }
}

// The old table must not keep one: its rows would keep parents from going.
void take_keys_from(Session& session, const Blueprint& blueprint, const Detail& detail,
                    const std::string& parked) {
    for (int tries = 0; tries < parent_lock_tries; ++tries) {
        if (drop_foreign_keys(session, blueprint, detail, parked, name_lock_timeout)) {
            return;
        }
        std::this_thread::sleep_for(name_lock_timeout / 3); // whoever queued behind us goes first
    }
    throw DatabaseError{DatabaseErrorKind::lock_timeout, "1205",
                        "a lock on a parent of '" + parked + "' was not granted in time", ""};
}

// A session that ended in the middle leaves its locks. Nobody waits for the next try.
void mend_keys(SessionSource& sessions, const Blueprint& blueprint, const Detail& detail) {
    if (detail.inbound.empty() && detail.foreign_keys.empty()) {
        return;
    }
    try {
        const auto session = sessions.open(SessionUse::control);
        drop_stray_keys(*session, blueprint, detail);
    } catch (const std::exception&) { // the server is gone, too: where_is() tries again
        return;
    }
}

SwapOutcome swap_mending(SessionSource& sessions, Session& session, const SwapRequest& request,
                         const Detail& detail) {
    try {
        SwapOutcome outcome = renames_under_lock_tables(detail.kind)
                                  ? swap_under_lock_tables(session, request)
                                  : swap_with_sentry(sessions, session, request);
        if (outcome.kind == SwapOutcome::Kind::outcome_unknown) {
            mend_keys(sessions, request.blueprint, detail);
        }
        return outcome;
    } catch (const DatabaseError&) {
        mend_keys(sessions, request.blueprint, detail);
        throw;
    }
}

} // namespace

SwapOutcome MysqlSwapper::swap(SessionSource& sessions, Session& session, const SwapRequest& request) const {
    const Detail detail = detail_of(request.blueprint);
    const JobLock job_lock{session, request.blueprint};
    if (!job_lock.held()) {
        return {}; // another process is renaming for this job right now
    }
    request.fence(session);
    if (auto not_ready = make_ready(session, request, detail)) {
        return *not_ready;
    }
    SwapOutcome outcome = swap_mending(sessions, session, request, detail);
    if (outcome.kind == SwapOutcome::Kind::done) {
        outcome.drained += apply_leftovers(session, request, detail);
        request.record(session);
    }
    return outcome;
}

Placement MysqlSwapper::where_is(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    const std::string& schema = blueprint.source.schema;
    drop_stray_keys(session, blueprint, detail);
    const bool live = table_exists(session, schema, blueprint.source.name);
    const bool shadow = table_exists(session, schema, blueprint.shadow_name) &&
                        !is_sentry(session, schema, blueprint.shadow_name);
    const bool old =
        table_exists(session, schema, blueprint.old_name) && !is_sentry(session, schema, blueprint.old_name);
    if (!live || (shadow && old)) {
        return Placement::inconsistent;
    }
    if (old) {
        return Placement::swapped;
    }
    if (shadow) {
        if (capture_on(session, blueprint, detail, Direction::forward, blueprint.source.name)) {
            return Placement::captured;
        }
        return capture_on(session, blueprint, detail, Direction::back, blueprint.shadow_name)
                   ? Placement::reverted
                   : Placement::untouched;
    }
    return create_text(session, schema, blueprint.source.name) == detail.source_text ? Placement::untouched
                                                                                     : Placement::finalized;
}

void MysqlSwapper::after_swap(Session& session, const Blueprint& blueprint, Direction direction) const {
    const Detail detail = detail_of(blueprint);
    // After a swap that was cut off; not granted: the end of the window tries again.
    const std::string parked = swap_names(blueprint, direction).parked;
    drop_parked_triggers(session, blueprint, detail, parked);
    take_keys_from(session, blueprint, detail, parked);
    static_cast<void>(settle_followers(session, blueprint, detail, name_lock_timeout));
    // The triggers moved with the table that was parked, which nobody writes now but the replay. Those of the
    // reverse capture stay until finalize: they tell a reverted job from one that never swapped.
    if (direction == Direction::forward) {
        static_cast<void>(
            drop_cascade_triggers(session, blueprint, detail, Direction::forward, name_lock_timeout));
        for (const CaptureTrigger& trigger : capture_triggers(blueprint, detail, Direction::forward)) {
            if (same_name(table_of_trigger(session, blueprint.source.schema, trigger.name),
                          blueprint.old_name)) {
                session.run("DROP TRIGGER IF EXISTS " + quote_name(trigger.name));
            }
        }
    }
}

DriftReport MysqlSwapper::check_window(Session& session, const Blueprint& blueprint) const {
    return window_drift_online(session, blueprint, detail_of(blueprint));
}

std::vector<Clash> MysqlSwapper::probe_revert(Session& session, const Blueprint& blueprint,
                                              int example_keys_max) const {
    // The replay itself, rolled back: nobody else uses the old table.
    const Transaction rolled_back{session, TxMode::write};
    for (int batch = 0; batch < probed_batches_max; ++batch) {
        Replayed replayed =
            MysqlReplayer{}.replay_batch(session, blueprint, Direction::back, probed_batch_keys);
        if (replayed.clashes.empty() &&
            (replayed.entries < probed_batch_keys || replayed.written + replayed.deleted == 0)) {
            break;
        }
        if (!replayed.clashes.empty() && replayed.written + replayed.deleted == 0) {
            replayed.clashes.resize(
                std::min(replayed.clashes.size(), static_cast<std::size_t>(example_keys_max)));
            return replayed.clashes;
        }
    }
    return {};
}

} // namespace turntable::mysql
