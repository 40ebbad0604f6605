#include "swap_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "capture.hpp"
#include "catalog.hpp"
#include "copier.hpp"
#include "errors.hpp"
#include "keep.hpp"
#include "prepared_transactions.hpp"
#include "quote.hpp"
#include "replayer.hpp"
#include "swap_ids.hpp"
#include "verifier.hpp"
#include "window_check.hpp"

namespace turntable::mysql {
namespace {

constexpr Rows all_entries = 1'000'000'000;
constexpr int differences_shown_max = 10;
constexpr Millis leftovers_max{30'000};

Rows entries_left(Session& session, const std::string& log) {
    return session.run(fmt::format("SELECT COUNT(*) FROM {}", quote_name(log))).only_integer();
}

// The new table goes on counting where the old one stands, whichever is further.
void carry_auto_increment(Session& session, const Blueprint& blueprint, const SwapNames& names) {
    const std::string& schema = blueprint.source.schema;
    const std::int64_t live = auto_increment_position(session, schema, names.live);
    if (live > auto_increment_position(session, schema, names.waiting)) {
        session.run(fmt::format("ALTER TABLE {} AUTO_INCREMENT = {}", quote_name(names.waiting), live));
    }
}

} // namespace

SwapNames swap_names(const Blueprint& blueprint, Direction direction) {
    return direction == Direction::forward
               ? SwapNames{blueprint.source.name, blueprint.shadow_name, blueprint.old_name}
               : SwapNames{blueprint.source.name, blueprint.old_name, blueprint.shadow_name};
}

std::string rename_statement(const SwapNames& names) {
    return fmt::format("RENAME TABLE {} TO {}, {} TO {}", quote_name(names.live), quote_name(names.parked),
                       quote_name(names.waiting), quote_name(names.live));
}

JobLock::JobLock(Session& session, const Blueprint& blueprint)
    : session_(session), name_("turntable-swap:" + blueprint.job) {
    held_ = session_.run("SELECT GET_LOCK(?, 0)", {name_}).only() == "1";
}

JobLock::~JobLock() {
    try {
        if (held_ && session_.usable()) {
            session_.run("DO RELEASE_LOCK(?)", {name_});
        }
    } catch (...) { // it ends with the session
        return;
    }
}

void install_reverse_capture(Session& session, const Blueprint& blueprint, const Detail& detail) {
    std::vector<CaptureTrigger> triggers = keep_triggers(blueprint, detail);
    std::ranges::move(capture_triggers(blueprint, detail, Direction::back), std::back_inserter(triggers));
    for (const CaptureTrigger& trigger : triggers) {
        if (table_of_trigger(session, blueprint.source.schema, trigger.name).empty()) {
            session.run(trigger.create);
        }
    }
}

std::optional<SwapOutcome> settle_under_lock(Session& session, const SwapRequest& request,
                                             const Detail& detail, const Route& route, const Stopwatch& held,
                                             Rows& drained) {
    SwapOutcome outcome;
    const Blueprint& blueprint = request.blueprint;
    outcome.blockers = blockers_from(prepared_transactions(session, detail.kind));
    if (!outcome.blockers.empty()) {
        outcome.kind = SwapOutcome::Kind::lock_not_granted; // though the server granted it
        return outcome;
    }
    outcome.drift = request.direction == Direction::forward
                        ? MysqlCopier{}.check_source(session, blueprint, request.origin)
                        : window_drift(session, blueprint, detail);
    if (request.direction == Direction::forward && request.keep_old && outcome.drift.drift == Drift::none) {
        outcome.drift = changed_since_kept(session, blueprint, detail);
    }
    if (outcome.drift.drift != Drift::none) {
        outcome.kind = SwapOutcome::Kind::drifted;
        return outcome;
    }
    const std::optional<Replayed> replayed = replay_under_lock(
        session, route, all_entries, std::max(Millis{1}, request.budget.hold - held.elapsed()));
    if (!replayed) {
        outcome.kind = SwapOutcome::Kind::over_budget;
        return outcome;
    }
    drained += replayed->entries;
    if (!replayed->clashes.empty()) {
        outcome.kind = SwapOutcome::Kind::clashes;
        outcome.clashes = replayed->clashes;
        return outcome;
    }
    if (request.direction == Direction::forward && !request.recheck.empty()) {
        VerifiedChunk verified =
            MysqlVerifier{}.verify_keys(session, blueprint, request.recheck, differences_shown_max);
        if (verified.difference_count > 0) {
            outcome.kind = SwapOutcome::Kind::differs;
            outcome.differences = std::move(verified.differences);
            return outcome;
        }
    }
    if (detail.auto_increment || request.direction == Direction::back) {
        carry_auto_increment(session, blueprint, swap_names(blueprint, request.direction));
    }
    check(entries_left(session, route.log) == 0, "the log is not empty although writers are locked out");
    if (held.elapsed() > request.budget.hold) {
        outcome.kind = SwapOutcome::Kind::over_budget;
        return outcome;
    }
    return std::nullopt;
}

Rows apply_leftovers(Session& session, const SwapRequest& request, const Detail& detail) {
    Route route = make_route(request.blueprint, detail, request.direction);
    const Rows left = entries_left(session, route.log);
    if (left == 0) {
        return 0;
    }
    const SwapNames names = swap_names(request.blueprint, request.direction);
    const std::string& newer = request.direction == Direction::forward ? request.blueprint.reverse_log_name
                                                                       : request.blueprint.log_name;
    route.from = names.parked;
    route.to = names.live;
    session.run(
        fmt::format("LOCK TABLES {0} WRITE, {0} AS dst WRITE, {1} AS src WRITE, {2} WRITE, {2} AS lg WRITE, "
                    "{3} AS newer WRITE",
                    quote_name(route.to), quote_name(route.from), quote_name(route.log), quote_name(newer)));
    try {
        std::string same;
        for (std::size_t i = 0; i < route.from_key.size(); ++i) {
            same += fmt::format("{}newer.{} = {}", i == 0 ? "" : " AND ", quote_name(route.to_key[i].column),
                                mapped_key_sql(route, i, "lg." + quote_name(route.from_key[i].column)));
        }
        session.run(fmt::format("DELETE lg FROM {} AS lg JOIN {} AS newer ON {}", quote_name(route.log),
                                quote_name(newer), same));
        if (!replay_under_lock(session, route, all_entries, leftovers_max)) {
            throw DatabaseError{DatabaseErrorKind::lock_timeout, std::string{error_lock_wait_timeout},
                                "somebody holds rows that are to be made equal", ""};
        }
    } catch (const DatabaseError&) {
        if (session.usable()) {
            session.run("UNLOCK TABLES");
        }
        throw;
    }
    session.run("UNLOCK TABLES");
    return left;
}

bool is_sentry(Session& session, const std::string& schema, const std::string& name) {
    const ResultSet columns =
        session.run("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? "
                    "AND TABLE_NAME = ?",
                    {schema, name});
    return columns.rows.size() == 1 && columns.rows[0][0] == "turntable_sentry";
}

} // namespace turntable::mysql
