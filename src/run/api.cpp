#include "run/api.hpp"

#include "run/outcome.hpp"
#include "run/ownership.hpp"
#include "run/permits.hpp"
#include "run/sensors.hpp"

namespace turntable::run {
namespace {

Outcome drive(const Context& context, const Desk& desk, JobRecord record) {
    Driver driver{context, desk.journal, std::move(record)};
    const RunEnd end = driver.run();
    return outcome_of(driver, end);
}

// Becomes the owner of the job as `seen`. What another command made of it meanwhile is not ours to undo: a
// step chosen by the old look would retire the table that is in use.
JobRecord take_over_as_seen(const Context& context, Desk& desk, const JobRecord& seen) {
    JobRecord record = take_over(desk, context, seen.job);
    if (record.state.step != seen.state.step) {
        desk.journal.release(*desk.session, record.job, record.epoch);
        throw Error{ErrorKind::busy, "job_moved",
                    "job " + record.job + " was taken from " +
                        std::string{machine::to_string(seen.state.step)} + " to " +
                        std::string{machine::to_string(record.state.step)} + " by another process just now"}
            .next("see `turntable jobs`, and ask again if it is still wanted");
    }
    return record;
}

// As drive, for who wants the change made: an abort by somebody else is no success.
Outcome drive_to_the_change(const Context& context, const Desk& desk, JobRecord record) {
    Outcome outcome = drive(context, desk, std::move(record));
    if (outcome.state == JobState::aborted && outcome.exit_code == 0) {
        outcome.exit_code = static_cast<int>(ErrorKind::failed);
        if (outcome.reason.empty()) {
            outcome.reason = "somebody asked for its abort";
        }
    }
    return outcome;
}

// Goes on as a person wishes. The wish is journalled first: a run that loses its connection reads the journal
// again, and would go on as if nothing had been asked.
Outcome drive_as_asked(const Context& context, const Desk& desk, JobRecord record) {
    desk.journal.save(*desk.session, record);
    return drive(context, desk, std::move(record));
}

// A job that is at rest goes on at another step, by the wish of a person.
Outcome drive_from(const Context& context, Desk& desk, const JobRecord& seen, machine::Step step) {
    JobRecord record = take_over_as_seen(context, desk, seen);
    record.state.step = step;
    record.state.reason.clear();
    return drive_as_asked(context, desk, std::move(record));
}

} // namespace

Blueprint plan_change(Engine& engine, const ChangeRequest& request, const Settings& settings) {
    const auto session = engine.open(SessionUse::control);
    engine.check_server(*session);
    return engine.planner().plan(*session, request, PlanOptions{settings});
}

Outcome execute(const Context& context, Blueprint blueprint, const Settings& settings) {
    if (blueprint.strategy == Strategy::nothing) {
        Outcome outcome;
        outcome.table = blueprint.source.display();
        outcome.strategy = to_string(blueprint.strategy);
        outcome.state = JobState::finalized;
        outcome.reason = blueprint.strategy_reason;
        return outcome;
    }
    check_throttle_query(context.engine, settings.throttle_query);
    JobRecord record;
    record.job = blueprint.job.empty() ? new_job_id(context.clock) : blueprint.job;
    blueprint.job = record.job;
    record.source_key = blueprint.source.display();
    record.engine = blueprint.engine;
    record.job_state = to_string(JobState::planned);
    record.settings = settings;
    record.epoch = 1;
    record.blueprint = std::move(blueprint);
    context.engine.name_sessions(record.job);
    Desk desk{context.engine};
    desk.journal.ensure(*desk.session);
    desk.journal.create(*desk.session, record, this_host());
    return drive_to_the_change(context, desk, std::move(record));
}

Outcome resume(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    if (machine::at_rest(record.state.step)) {
        return outcome_of(record);
    }
    if (owner_alive(desk, context.clock, job)) {
        desk.journal.send(*desk.session, job, Journal::Message::unpause);
        return outcome_of(record);
    }
    return drive_to_the_change(context, desk, take_over_watched(desk, context, record));
}

Outcome cutover(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    if (machine::swapped(record.state.step) || machine::at_rest(record.state.step)) {
        throw wrong_state(record, "there is no swap to let go");
    }
    desk.journal.send(*desk.session, job, Journal::Message::cutover);
    if (owner_alive(desk, context.clock, job)) {
        return outcome_of(record);
    }
    return drive_to_the_change(context, desk, take_over_watched(desk, context, record));
}

Outcome revert(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    if (record.state.step == machine::Step::reverted) {
        return outcome_of(record);
    }
    if (revert_under_way(record.state.step)) {
        return drive(context, desk, take_over(desk, context, job));
    }
    check_revert_may_start(record);
    return drive_from(context, desk, record, machine::Step::revert_probe);
}

namespace {

// Where a kept column cannot be dropped in a moment, dropping it is a change of its own: resumable, within
// the same budgets. Another `finalize` tries again what came to nothing.
Outcome with_the_rest_dropped(const Context& context, Outcome finalized, const JobRecord& record) {
    if (finalized.state != JobState::finalized || record.state.reverted) {
        return finalized;
    }
    const auto rest = [&] {
        const auto session = context.engine.open(SessionUse::control);
        return context.engine.retirer().left_to_drop(*session, record.blueprint);
    }();
    if (!rest) {
        return finalized;
    }
    Settings settings = record.settings;
    settings.keep_old.reset();
    context.observer.note("the old column goes by a change of its own");
    Outcome dropped = execute(context, plan_change(context.engine, *rest, settings), settings);
    return dropped.state == JobState::finalized ? finalized : dropped;
}

} // namespace

Outcome finalize(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    const machine::Step from = finalize_from(record);
    Outcome outcome =
        from == machine::Step::finalized ? outcome_of(record) : drive_from(context, desk, record, from);
    return with_the_rest_dropped(context, std::move(outcome), record);
}

std::vector<Outcome> finalize_due(const Context& context) {
    std::vector<Outcome> outcomes;
    Desk desk{context.engine};
    if (!desk.journal.exists(*desk.session)) {
        return outcomes;
    }
    const auto now = std::chrono::duration_cast<Millis>(context.clock.wall().time_since_epoch()).count();
    for (const JobRecord& record : desk.journal.all(*desk.session)) {
        const std::int64_t kept_until =
            record.state.swapped_at_ms + record.settings.keep_old.value_or(Millis{0}).count();
        const bool waits =
            record.state.step == machine::Step::window || record.state.step == machine::Step::reverted ||
            record.state.step == machine::Step::uncapture || record.state.step == machine::Step::retire;
        if (waits && kept_until <= now) {
            outcomes.push_back(finalize(context, record.job));
        }
    }
    return outcomes;
}

Outcome abort(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    JobRecord record = desk.journal.load(*desk.session, job);
    if (machine::swapped(record.state.step)) {
        throw wrong_state(record, "it has swapped").next(after_the_swap(record));
    }
    if (machine::at_rest(record.state.step)) {
        desk.journal.free_target(*desk.session, job); // its owner may have died just before it did
        return outcome_of(record);
    }
    desk.journal.send(*desk.session, job, Journal::Message::abort);
    while (owner_alive(desk, context.clock, job)) {
        record = desk.journal.load(*desk.session, job);
        if (machine::at_rest(record.state.step)) {
            return outcome_of(record);
        }
    }
    if (const JobRecord now = desk.journal.load(*desk.session, job); machine::at_rest(now.state.step)) {
        return outcome_of(now);
    }
    record = take_over_watched(desk, context, record);
    record.state = machine::absorb(std::move(record.state), {}, machine::AbortAsked{});
    return drive_as_asked(context, desk, std::move(record));
}

} // namespace turntable::run
