#pragma once
// How fast the work goes and when it will be done: rows per second over a sliding window of *working* time.
// Time in which the work was held back (throttled, paused) does not count, so the figures stay put during a
// pause.

#include <chrono>
#include <deque>
#include <optional>

#include "turntable/units.hpp"

namespace turntable::control {

class Estimate {
  public:
    // total: as the catalogue estimates it; it may be too small or too large, or 0 (unknown).
    explicit Estimate(Rows total, Seconds window = Seconds{20});

    enum class Work { going, held };
    // At `now`, `done` rows are done in all, and since the last sample the work was going or held back. Fewer
    // rows than before (the copy restarted) start the measurement anew.
    void sample(std::chrono::steady_clock::time_point now, Rows done, Work work);
    void set_total(Rows total);

    [[nodiscard]] Rows done() const noexcept { return done_; }
    // Never less than done(): an estimate that turned out too small grows with the work.
    [[nodiscard]] Rows total() const noexcept { return total_ < done_ ? done_ : total_; }
    // In [0, 1]; 0 while the total is unknown.
    [[nodiscard]] double fraction() const noexcept;
    [[nodiscard]] double rows_per_second() const noexcept;
    // Working time left; empty while it cannot be known: no speed measured yet, or the total is unknown or
    // passed.
    [[nodiscard]] std::optional<Seconds> eta() const noexcept;

  private:
    struct Sample {
        std::chrono::nanoseconds worked; // working time since the first sample
        Rows done;
    };

    Seconds window_;
    Rows total_;
    Rows done_ = 0;
    std::optional<std::chrono::steady_clock::time_point> last_;
    std::chrono::nanoseconds worked_{0};
    std::deque<Sample> samples_;
};

} // namespace turntable::control
