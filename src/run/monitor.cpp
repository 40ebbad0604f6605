#include "run/monitor.hpp"

#include "run/sensors.hpp"

namespace turntable::run {
namespace {

constexpr Millis interval{1000};

} // namespace

Monitor::Monitor(const Context& context, const Journal& journal, const JobRecord& record, phase::Gauge& gauge,
                 std::function<void()> interrupt)
    : context_(context),
      journal_(journal),
      job_(record.job),
      blueprint_(record.blueprint),
      table_(record.blueprint.source.display()),
      epoch_(record.epoch),
      gauge_(gauge),
      interrupt_(std::move(interrupt)) {
    set_sensors(record.settings);
    listen();
    if (context.threads != Threads::none) {
        sense();
        beat_thread_ = std::jthread{[this](const std::stop_token& stop) { beat_until_stopped(stop); }};
        sense_thread_ = std::jthread{[this](const std::stop_token& stop) { sense_until_stopped(stop); }};
    }
}

Monitor::~Monitor() {
    beat_thread_.request_stop();
    sense_thread_.request_stop();
    wake_.notify_all();
}

void Monitor::set_sensors(const Settings& settings) {
    auto made = all_sensors(context_.engine, settings);
    const std::scoped_lock lock{mutex_};
    sensors_.clear();
    readings_.clear();
    for (auto& sensor : made) {
        readings_.push_back({sensor->name(), std::nullopt, "", {}});
        sensors_.emplace_back(std::move(sensor));
    }
}

void Monitor::set_phase(const std::string& phase) {
    {
        const std::scoped_lock lock{mutex_};
        if (phase_ == phase) {
            return;
        }
        phase_ = phase;
    }
    gauge_.rows_done = gauge_.rows_total = 0; // those of the phase before
    context_.observer.progress(progress_now());
}

void Monitor::set_reason(const std::string& reason) {
    const std::scoped_lock lock{mutex_};
    reason_ = reason;
}

Signals Monitor::signals() const {
    const std::scoped_lock lock{mutex_};
    return signals_;
}

control::PaceDecision Monitor::pace() const {
    const std::scoped_lock lock{mutex_};
    return control::decide_pace(readings_, context_.clock.now());
}

void Monitor::poll() {
    if (context_.threads != Threads::none || context_.clock.now() - last_poll_ < interval) {
        return;
    }
    last_poll_ = context_.clock.now();
    beat();
    sense();
}

void Monitor::listen() {
    const std::scoped_lock one_at_a_time{beat_mutex_};
    if (!beat_session_ || !beat_session_->usable()) {
        beat_session_ = context_.engine.open(SessionUse::control);
    }
    const ControlRow row = journal_.control(*beat_session_, job_);
    const std::scoped_lock lock{mutex_};
    signals_.paused = row.paused;
    signals_.cutover = row.cutover;
    signals_.abort = row.abort;
    signals_.revision = row.revision;
    signals_.overrides = row.overrides;
}

void Monitor::beat() {
    const Progress progress = progress_now();
    context_.observer.progress(progress);
    bool asked_to_end = false;
    try {
        listen();
        const std::scoped_lock one_at_a_time{beat_mutex_};
        const auto at = std::chrono::duration_cast<Millis>(context_.clock.wall().time_since_epoch()).count();
        const bool ours = journal_.beat(*beat_session_, job_, epoch_, at, to_json(progress));
        const std::scoped_lock lock{mutex_};
        signals_.fenced = signals_.fenced || !ours;
        asked_to_end = signals_.abort || signals_.fenced;
    } catch (const DatabaseError&) {
        // The driver's own sessions meet the same trouble and deal with it; the next beat opens a new
        // session.
        const std::scoped_lock one_at_a_time{beat_mutex_};
        beat_session_.reset();
    }
    if (asked_to_end || (context_.stop && context_.stop())) {
        interrupt_();
    }
}

void Monitor::sense() {
    const std::scoped_lock one_at_a_time{sense_mutex_};
    std::vector<std::shared_ptr<Sensor>> sensors;
    {
        const std::scoped_lock lock{mutex_};
        sensors = sensors_;
    }
    std::vector<control::SensorState> readings;
    for (const auto& sensor : sensors) {
        control::SensorState state{sensor->name(), std::nullopt, "", context_.clock.now()};
        try {
            if (!sense_session_ || !sense_session_->usable()) {
                sense_session_ = context_.engine.open(SessionUse::read);
            }
            state.reading = sensor->read(*sense_session_);
        } catch (const std::exception& error) {
            state.error = error.what();
            sense_session_.reset();
        }
        state.at = context_.clock.now();
        readings.push_back(std::move(state));
    }
    sense_index(sense_session_);
    const std::scoped_lock lock{mutex_};
    if (readings.size() == sensors_.size()) { // else the settings changed meanwhile
        readings_ = std::move(readings);
    }
}

// An index build tells no rows of its own; the server may tell the fraction done.
void Monitor::sense_index(std::unique_ptr<Session>& session) {
    {
        const std::scoped_lock lock{mutex_};
        if (phase_ != to_string(Phase::index)) {
            return;
        }
    }
    try {
        if (!session || !session->usable()) {
            session = context_.engine.open(SessionUse::read);
        }
        if (const auto fraction = context_.engine.indexer().progress(*session, blueprint_)) {
            gauge_.rows_done = static_cast<Rows>(*fraction * static_cast<double>(gauge_.rows_total));
        }
    } catch (const DatabaseError&) {
        session.reset(); // only the display suffers
    }
}

Progress Monitor::progress_now() {
    const auto pace_decision = pace();
    const std::scoped_lock lock{mutex_};
    if (estimated_phase_ != phase_) {
        estimate_ = control::Estimate{gauge_.rows_total};
        estimated_phase_ = phase_;
    }
    const bool held = pace_decision.hold || signals_.paused || !reason_.empty();
    estimate_.set_total(gauge_.rows_total);
    estimate_.sample(context_.clock.now(), gauge_.rows_done,
                     held ? control::Estimate::Work::held : control::Estimate::Work::going);
    Progress progress;
    progress.job = job_;
    progress.table = table_;
    progress.phase = phase_;
    progress.rows_done = estimate_.done();
    progress.rows_total = estimate_.total();
    progress.rows_per_second = estimate_.rows_per_second();
    progress.backlog = gauge_.backlog;
    progress.eta = estimate_.eta();
    progress.reason = signals_.paused ? "paused" : pace_decision.hold ? pace_decision.reason : reason_;
    return progress;
}

void Monitor::wait(const std::stop_token& stop) {
    std::unique_lock lock{wake_mutex_};
    wake_.wait_for(lock, stop, interval, [] { return false; });
}

void Monitor::beat_until_stopped(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        beat();
        wait(stop);
    }
}

void Monitor::sense_until_stopped(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        wait(stop);
        sense();
    }
}

} // namespace turntable::run
