#include "swapper.hpp"

#include <algorithm>

#include "capture.hpp"
#include "catalog.hpp"
#include "foreign_keys.hpp"
#include "quote.hpp"
#include "replayer.hpp"
#include "swap_ids.hpp"
#include "swap_steps.hpp"
#include "window_check.hpp"

namespace turntable::mysql {
namespace {

constexpr int probed_batches_max = 20;
constexpr Rows probed_batch_keys = 10'000;
constexpr Millis name_lock_timeout{300};

} // namespace

SwapOutcome MysqlSwapper::swap(SessionSource& sessions, Session& session, const SwapRequest& request) const {
    const Detail detail = detail_of(request.blueprint);
    const JobLock job_lock{session, request.blueprint};
    if (!job_lock.held()) {
        return {}; // another process is renaming for this job right now
    }
    request.fence(session);
    if (request.direction == Direction::forward && request.keep_old) {
        install_reverse_capture(session, request.blueprint, detail);
        keep_swap_ids(session, request.blueprint, detail);
    }
    SwapOutcome outcome = renames_under_lock_tables(detail.kind)
                              ? swap_under_lock_tables(session, request)
                              : swap_with_sentry(sessions, session, request);
    if (outcome.kind == SwapOutcome::Kind::done) {
        outcome.drained += apply_leftovers(session, request, detail);
        request.record(session);
    }
    return outcome;
}

Placement MysqlSwapper::where_is(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    const std::string& schema = blueprint.source.schema;
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
    drop_foreign_keys(session, blueprint, detail, swap_names(blueprint, direction).parked);
    static_cast<void>(restore_foreign_key_names(session, blueprint, detail, name_lock_timeout));
    // The triggers moved with the table that was parked, which nobody writes now but the replay. Those of the
    // reverse capture stay until finalize: they tell a reverted job from one that never swapped.
    if (direction == Direction::forward) {
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
