#pragma once
// When to try again: exponential backoff with jitter, within a budget of tries and time. Decides how long to
// wait and never waits itself. Only for outcomes that are known not to have happened (a lock not granted, a
// deadlock rolled back); an unknown outcome is looked up, never tried again.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "turntable/units.hpp"

namespace turntable::control {

// A number in [0, 1); injected, so that tests know what comes.
using RandomUnit = std::function<double()>;
[[nodiscard]] RandomUnit seeded_random(std::uint64_t seed);
// Seeded by the machine: several hosts that lost the same race do not meet again.
[[nodiscard]] RandomUnit machine_random();

struct Backoff {
    Millis first{100}; // upper bound of the first wait
    double growth = 2.0;
    Millis longest{5000};
};

struct RetryBudget {
    int tries_max = 0;                 // 0: unlimited
    std::optional<Millis> total_max{}; // since construction; empty: unlimited
};

class Retry {
  public:
    Retry(Backoff backoff, RetryBudget budget, std::chrono::steady_clock::time_point now, RandomUnit random);

    // A try has failed: how long to wait before the next one, or nullopt if the budget is spent. The wait is
    // between half and all of the current bound, and is cut so that the last try starts no later than the
    // time budget's end.
    [[nodiscard]] std::optional<Millis> next_wait(std::chrono::steady_clock::time_point now);
    // After progress the waits start small again; the budget goes on.
    void calm() noexcept { bound_ = backoff_.first; }

    [[nodiscard]] int failed_tries() const noexcept { return failed_; }

  private:
    Backoff backoff_;
    RetryBudget budget_;
    std::chrono::steady_clock::time_point started_;
    RandomUnit random_;
    Millis bound_;
    int failed_ = 0;
};

} // namespace turntable::control
