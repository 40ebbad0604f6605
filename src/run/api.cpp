#include "run/api.hpp"

#include "run/outcome.hpp"
#include "run/ownership.hpp"
#include "run/sensors.hpp"

namespace turntable::run {
namespace {

Outcome drive(const Context& context, const Desk& desk, JobRecord record) {
    Driver driver{context, desk.journal, std::move(record)};
    const RunEnd end = driver.run();
    return outcome_of(driver, end);
}

// A job that is at rest goes on at another step, by the wish of a person.
Outcome drive_from(const Context& context, const Desk& desk, JobRecord record, machine::Step step) {
    record.state.step = step;
    record.state.reason.clear();
    return drive(context, desk, std::move(record));
}

Error wrong_state(const JobRecord& record, const std::string& what) {
    return Error{ErrorKind::usage, "wrong_state",
                 "job " + record.job + " on " + record.blueprint.source.display() + " is " +
                     record.job_state + " (" + std::string{machine::to_string(record.state.step)} +
                     "): " + what};
}

// The command that takes a swapped job on.
std::string after_the_swap(const JobRecord& record) {
    const bool back = record.settings.keep_old && record.blueprint.revert != RevertClass::irreversible;
    const bool waits = record.state.step == machine::Step::window;
    return (back ? "turntable revert " : waits ? "turntable finalize " : "turntable resume ") + record.job;
}

// The replay would have no value for such a column: what was written to it since the swap would be lost.
void refuse_irreversible(const JobRecord& record) {
    if (record.blueprint.revert == RevertClass::irreversible) {
        throw Error{ErrorKind::refused, "irreversible",
                    "job " + record.job + " on " + record.blueprint.source.display() +
                        " has no way back: " + record.blueprint.revert_reason}
            .next("`turntable finalize " + record.job +
                  "` drops the old table, which has the values from before the swap until then");
    }
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
    return drive(context, desk, std::move(record));
}

Outcome resume(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    JobRecord record = desk.journal.load(*desk.session, job);
    if (machine::at_rest(record.state.step)) {
        return outcome_of(record);
    }
    if (owner_alive(desk, context.clock, job)) {
        desk.journal.send(*desk.session, job, Journal::Message::unpause);
        return outcome_of(record);
    }
    return drive(context, desk, take_over(desk, context, job));
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
    return drive(context, desk, take_over(desk, context, job));
}

Outcome revert(const Context& context, const std::string& job) {
    Desk desk{context.engine};
    const JobRecord record = desk.journal.load(*desk.session, job);
    const bool under_way = record.state.step == machine::Step::revert_probe ||
                           record.state.step == machine::Step::revert_replay ||
                           record.state.step == machine::Step::revert_swap ||
                           record.state.step == machine::Step::after_revert ||
                           record.state.step == machine::Step::revert_uncapture;
    if (record.state.step == machine::Step::reverted) {
        return outcome_of(record);
    }
    if (under_way) {
        return drive(context, desk, take_over(desk, context, job));
    }
    // A run that died between the swap and the window has left all that the way back needs.
    const bool swapped_and_kept =
        record.state.step == machine::Step::after_swap && record.settings.keep_old.has_value();
    if (record.state.step != machine::Step::window && !swapped_and_kept) {
        throw wrong_state(record, "only a job whose revert window is open can be reverted")
            .next(machine::swapped(record.state.step) || machine::at_rest(record.state.step)
                      ? "see `turntable jobs`"
                      : "turntable abort " + job);
    }
    refuse_irreversible(record);
    return drive_from(context, desk, take_over(desk, context, job), machine::Step::revert_probe);
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
    const auto whole = [&](Outcome outcome) {
        return with_the_rest_dropped(context, std::move(outcome), record);
    };
    switch (record.state.step) {
    case machine::Step::finalized:
        return whole(outcome_of(record));
    case machine::Step::window:
        return whole(drive_from(context, desk, take_over(desk, context, job), machine::Step::uncapture));
    case machine::Step::reverted:
        return drive_from(context, desk, take_over(desk, context, job), machine::Step::retire);
    case machine::Step::uncapture:
    case machine::Step::retire:
        return whole(drive(context, desk, take_over(desk, context, job)));
    case machine::Step::probe:
    case machine::Step::native:
    case machine::Step::create:
    case machine::Step::capture:
    case machine::Step::origin:
    case machine::Step::copy:
    case machine::Step::restart_copy:
    case machine::Step::index:
    case machine::Step::replay:
    case machine::Step::verify:
    case machine::Step::recheck:
    case machine::Step::swap:
    case machine::Step::after_swap:
    case machine::Step::revert_probe:
    case machine::Step::revert_replay:
    case machine::Step::revert_swap:
    case machine::Step::after_revert:
    case machine::Step::revert_uncapture:
    case machine::Step::undo:
    case machine::Step::aborted:
    case machine::Step::refused:
    case machine::Step::failed:
        break;
    }
    throw wrong_state(record, "there is no window to end");
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
    record = desk.journal.load(*desk.session, job);
    if (machine::at_rest(record.state.step)) {
        return outcome_of(record);
    }
    record = take_over(desk, context, job);
    record.state = machine::absorb(std::move(record.state), {}, machine::AbortAsked{});
    return drive(context, desk, std::move(record));
}

} // namespace turntable::run
