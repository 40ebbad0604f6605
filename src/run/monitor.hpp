#pragma once
// Keeps a job's heartbeat, listens to messages, reads the sensors, and reports progress, about once a second.
// With Threads::background on two threads of its own (a slow sensor must not stop the heartbeat); with
// Threads::none when poll() is called. Its members are safe from any thread.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "control/estimate.hpp"
#include "control/pace.hpp"
#include "phase/workshop.hpp"
#include "run/api.hpp"
#include "run/journal.hpp"

namespace turntable::run {

// What was heard last.
struct Signals {
    bool paused = false, cutover = false, abort = false;
    bool fenced = false; // another process owns the job
    std::int64_t revision = 0;
    std::string overrides = "{}";
};

class Monitor {
  public:
    // interrupt: called when a stop or an abort is asked for, again and again until the monitor ends.
    Monitor(const Context& context, const Journal& journal, const JobRecord& record, phase::Gauge& gauge,
            std::function<void()> interrupt);
    ~Monitor();
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    // New settings may ask for other sensors.
    void set_sensors(const Settings& settings);
    void set_phase(const std::string& phase);
    // Why the work is held back by something other than the sensors ("" = it is not): shown with the
    // progress.
    void set_reason(const std::string& reason);

    [[nodiscard]] Signals signals() const;
    [[nodiscard]] control::PaceDecision pace() const;
    // With Threads::none: does what is due. Else nothing.
    void poll();
    // Reads messages now.
    void listen();

  private:
    void beat_until_stopped(const std::stop_token& stop);
    void sense_until_stopped(const std::stop_token& stop);
    void beat();
    void sense();
    void sense_index(std::unique_ptr<Session>& session);
    [[nodiscard]] Progress progress_now();
    void wait(const std::stop_token& stop);

    const Context& context_;
    const Journal& journal_;
    const std::string job_;
    const Blueprint blueprint_;
    const std::string table_;
    const std::int64_t epoch_;
    phase::Gauge& gauge_;
    std::function<void()> interrupt_;

    mutable std::mutex mutex_; // guards what follows, up to the sessions
    Signals signals_;
    std::string phase_, reason_;
    std::vector<std::shared_ptr<Sensor>> sensors_;
    std::vector<control::SensorState> readings_;
    control::Estimate estimate_{0};
    std::string estimated_phase_;

    std::mutex beat_mutex_, sense_mutex_; // one beat, one round of readings at a time
    std::unique_ptr<Session> beat_session_, sense_session_;
    std::chrono::steady_clock::time_point last_poll_{};
    std::condition_variable_any wake_;
    std::mutex wake_mutex_;
    std::jthread beat_thread_, sense_thread_; // last: they use all of the above
};

// JSON of a progress, for the heartbeat row and `--progress json`.
[[nodiscard]] std::string to_json(const Progress& progress);
[[nodiscard]] Progress progress_from_json(const std::string& text);

} // namespace turntable::run
