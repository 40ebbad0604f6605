// Messages to owners, and what jobs there are.
#include <algorithm>

#include "run/outcome.hpp"
#include "run/ownership.hpp"
#include "run/sensors.hpp"
#include "run/settings_text.hpp"

namespace turntable::run {
namespace {

JobRecord active_job(Desk& desk, const std::string& job) {
    JobRecord record = desk.journal.load(*desk.session, job);
    if (machine::at_rest(record.state.step)) {
        throw Error{ErrorKind::usage, "wrong_state",
                    "job " + job + " is " + record.job_state + ": nothing runs"};
    }
    return record;
}

JobLine line_of(Desk& desk, Clock& clock, const Engine& engine, const JobRecord& record) {
    const Beat beat = desk.journal.last_beat(*desk.session, record.job);
    const Progress progress = progress_from_json(beat.progress);
    JobLine line;
    line.job = record.job;
    line.table = record.blueprint.source.display();
    line.phase = to_string(machine::phase_of(record.state.step));
    line.state = job_state_from_string(record.job_state);
    line.owner_alive = owner_seen_lately(beat, clock);
    line.rows_done = progress.rows_done;
    line.rows_total = progress.rows_total;
    if (machine::swapped(record.state.step) || machine::at_rest(record.state.step)) {
        line.rows_done = line.rows_total = record.state.copied; // not those of the last phase
    }
    line.backlog = progress.backlog;
    line.reason = !record.state.reason.empty() ? record.state.reason : progress.reason;
    line.revert_until = revertible_until(record);
    const auto now = std::chrono::duration_cast<Millis>(clock.wall().time_since_epoch()).count();
    line.window_overdue = record.revert_until_ms != 0 && record.revert_until_ms < now;
    if (line.owner_alive && progress.eta) {
        line.eta_seconds = progress.eta->count();
    }
    constexpr std::int64_t counted_at_most = 100'000;
    if (record.state.step == machine::Step::window) {
        line.backlog =
            engine.replayer().backlog(*desk.session, record.blueprint, Direction::back, counted_at_most);
    }
    return line;
}

} // namespace

void request_pause(Engine& engine, const std::string& job) {
    Desk desk{engine};
    (void)active_job(desk, job);
    desk.journal.send(*desk.session, job, Journal::Message::pause);
}

void request_set(Engine& engine, const std::string& job, const std::string& key, const std::string& value) {
    Desk desk{engine};
    Settings trial = active_job(desk, job).settings;
    apply_setting(trial, key, value);
    check_throttle_query(engine, trial.throttle_query);
    desk.journal.override_setting(*desk.session, job, key, value);
}

std::vector<JobLine> jobs(Engine& engine) {
    Desk desk{engine, SessionUse::plain};
    std::vector<JobLine> lines;
    if (desk.journal.exists(*desk.session)) {
        for (const JobRecord& record : desk.journal.all(*desk.session)) {
            lines.push_back(line_of(desk, real_clock(), engine, record));
        }
    }
    return lines;
}

} // namespace turntable::run
