// A step that is an online change: planned and driven by run/, found again by its job.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/step_runner.hpp"
#include "run/ownership.hpp"

namespace turntable::migrate {
namespace {

bool is_table(const std::string& shown, const TableName& table) {
    return shown == table.display() || (table.schema.empty() && shown.ends_with("." + table.name));
}

// Jobs of migrations are known by their ids: a window that a person opened is not ours to end.
constexpr std::string_view job_prefix = "mig";

bool has_ended_badly(run::JobState state) {
    return state == run::JobState::refused || state == run::JobState::aborted ||
           state == run::JobState::failed;
}

std::optional<run::JobLine> find_job(const Env& env, const std::string& job) {
    for (run::JobLine& line : run::jobs(env.engine())) {
        if (line.job == job) {
            return std::move(line);
        }
    }
    return std::nullopt;
}

std::string list_of(const std::vector<std::string>& sentences) {
    std::string out;
    for (const std::string& sentence : sentences) {
        out += (out.empty() ? ": " : "; ") + sentence;
    }
    return out;
}

} // namespace

void end_windows(const Env& env, const TableName& table) {
    for (const run::JobLine& line : run::jobs(env.engine())) {
        const bool open = line.state == run::JobState::swapped || line.state == run::JobState::reverted;
        if (!open || !is_table(line.table, table)) {
            continue;
        }
        if (!line.job.starts_with(job_prefix)) {
            throw Error{ErrorKind::busy, "another_job",
                        fmt::format("the revert window of job {} on {} is open", line.job, line.table)}
                .next("turntable finalize " + line.job + ", or turntable revert " + line.job);
        }
        env.context.observer.note(fmt::format(
            "ending the revert window of job {} on {}: another change follows", line.job, line.table));
        const run::Outcome outcome = run::finalize(env.context, line.job);
        if (outcome.exit_code != 0) {
            throw Error{ErrorKind::stopped, "window_not_ended",
                        fmt::format("the revert window of job {} on {} could not be ended: {}", line.job,
                                    line.table, outcome.reason)};
        }
    }
}

void StepRunner::judge(const run::Outcome& outcome) const {
    const auto error = [&](ErrorKind kind, const char* code) {
        return Error{kind, code,
                     fmt::format("the change of {} is {}: {}{}", outcome.table, run::to_string(outcome.state),
                                 outcome.reason, list_of(outcome.findings))};
    };
    switch (outcome.state) {
    case run::JobState::swapped:
    case run::JobState::finalized:
        return;
    case run::JobState::refused:
        throw error(ErrorKind::negative, "data_refused");
    case run::JobState::failed:
    case run::JobState::aborted:
    case run::JobState::reverted:
        throw error(outcome.exit_code == 4   ? ErrorKind::busy
                    : outcome.exit_code == 3 ? ErrorKind::negative
                                             : ErrorKind::failed,
                    "change_failed");
    case run::JobState::planned:
    case run::JobState::running:
    case run::JobState::paused:
    case run::JobState::stopped:
    case run::JobState::ready:
        break;
    }
    throw error(outcome.exit_code == 4 ? ErrorKind::busy : ErrorKind::stopped, "change_stopped")
        .left("job " + outcome.job + ", which goes on where it stopped")
        .next("run the same command again; or see `turntable jobs`");
}

void StepRunner::end_windows_of_parents(const ChangeRequest& request) const {
    if (!env_.schema().foreign_keys_apart()) {
        return;
    }
    for (const Operation& operation : request.operations) {
        if (const auto* const key = std::get_if<AddForeignKey>(&operation)) {
            end_windows(env_, key->references);
        }
    }
}

void StepRunner::take_job(const ChangeRequest& request) {
    end_windows(env_, request.table);
    end_windows_of_parents(request);
    Blueprint blueprint = run::plan_change(env_.engine(), request, env_.settings);
    if (blueprint.strategy == Strategy::nothing) {
        return;
    }
    blueprint.job = std::string{job_prefix} + run::new_job_id(env_.context.clock);
    StepNote mine = note();
    mine.job = blueprint.job;
    if (mine.undo && (!blueprint.conversions.empty() || !blueprint.made_indexes.empty())) {
        mine.undo = find_undo(*step_, session_, env_.engine(), &blueprint);
    }
    if (mine.undo && blueprint.strategy == Strategy::shadow && env_.settings.keep_old) {
        mine.undo->job = blueprint.job;
    }
    save_note(mine);
    env_.context.observer.note(fmt::format("{}: {} ({})", blueprint.source.display(),
                                           to_string(blueprint.strategy), blueprint.strategy_reason));
    try {
        judge(run::execute(env_.context, std::move(blueprint), env_.settings));
    } catch (const Error&) {
        forget_dead_job();
        throw;
    }
}

// A job that was never made, or has ended without a change, is nothing to go on with.
void StepRunner::forget_dead_job() {
    StepNote mine = note();
    const auto job = find_job(env_, mine.job);
    if (!job || has_ended_badly(job->state)) {
        mine.job.clear();
        save_note(mine);
    }
}

void StepRunner::run_body(const ChangeStep& step) {
    const StepNote found = note();
    const auto job = found.job.empty() ? std::nullopt : find_job(env_, found.job);
    if (job && !has_ended_badly(job->state)) {
        judge(run::resume(env_.context, found.job));
    } else {
        take_job(step.request);
    }
    finish_with([] {});
}

} // namespace turntable::migrate
