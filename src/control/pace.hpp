#pragma once
// The one decision whether copy, replay and verification may go on now. Sensors only read; this only decides;
// the driver only obeys, and shows the reason.

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "turntable/sensor.hpp"
#include "turntable/units.hpp"

namespace turntable::control {

// What one sensor said last.
struct SensorState {
    std::string name;                         // Sensor::name()
    std::optional<Reading> reading;           // empty: never read, or the last try failed
    std::string error;                        // of the last try; empty: it did not fail
    std::chrono::steady_clock::time_point at; // of the last try
};

struct PaceDecision {
    bool hold = false;
    std::string reason; // one sentence for people; empty if nothing holds
};

inline constexpr Millis reading_stale_after{5000};

// Holds if any sensor is over its limit, failed, was never read, or was read longer ago than stale_after:
// what cannot be seen is taken to be bad. A value that is not a number holds too.
[[nodiscard]] PaceDecision decide_pace(std::span<const SensorState> sensors,
                                       std::chrono::steady_clock::time_point now,
                                       Millis stale_after = reading_stale_after);

// Where one session writes at a time and the lock is not fair (SQLite), a waiting writer gets in only if we
// stay away for a while. At least 3 ms: a waiter sleeps up to 2 ms between its tries; without a pause writers
// starved for 130 to 770 ms at any chunk size, with 2 ms p99 was 16 ms (docs/engines/sqlite.md).
struct DutyCycle {
    double factor = 0.5; // pause per time the lock was held
    Millis least{3};
    Millis most{1000};
};
[[nodiscard]] Millis pause_after_chunk(std::chrono::microseconds held, const DutyCycle& duty = {});

} // namespace turntable::control
