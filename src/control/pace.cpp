#include "control/pace.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/core.h>

#include "turntable/error.hpp"

namespace turntable::control {
namespace {

std::string number(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value)
                                                                : fmt::format("{:.3g}", value);
}

std::string with_unit(double value, std::string_view unit) {
    return unit.empty() ? number(value) : fmt::format("{} {}", number(value), unit);
}

// Why this sensor holds the work; empty: it does not.
std::string objection(const SensorState& sensor, std::chrono::steady_clock::time_point now,
                      Millis stale_after) {
    if (!sensor.error.empty()) {
        return fmt::format("{} cannot be read: {}", sensor.name, sensor.error);
    }
    if (!sensor.reading) {
        return fmt::format("{} has not been read yet", sensor.name);
    }
    const auto age = now - sensor.at;
    if (age > stale_after) {
        return fmt::format("{} was read {} s ago", sensor.name,
                           std::chrono::duration_cast<Seconds>(age).count());
    }
    const Reading& reading = *sensor.reading;
    if (reading.value <= reading.limit) { // false for NaN, which therefore holds
        return {};
    }
    const std::string& subject = reading.about.empty() ? sensor.name : reading.about;
    const bool is_yes_or_no = reading.value == 1 && reading.limit == 0 && reading.unit.empty();
    if (is_yes_or_no) {
        return fmt::format("{}: {}", sensor.name, subject);
    }
    return fmt::format("{}: {} at {}, limit {}", sensor.name, subject, with_unit(reading.value, reading.unit),
                       with_unit(reading.limit, reading.unit));
}

} // namespace

PaceDecision decide_pace(std::span<const SensorState> sensors, std::chrono::steady_clock::time_point now,
                         Millis stale_after) {
    PaceDecision decision;
    for (const SensorState& sensor : sensors) {
        const std::string why = objection(sensor, now, stale_after);
        if (why.empty()) {
            continue;
        }
        decision.hold = true;
        decision.reason += (decision.reason.empty() ? "" : "; ") + why;
    }
    return decision;
}

Millis pause_after_chunk(std::chrono::microseconds held, const DutyCycle& duty) {
    check(duty.factor >= 0 && duty.least <= duty.most, "duty cycle is not a range");
    const double pause_ms = std::ceil(duty.factor * static_cast<double>(held.count()) / 1000.0);
    const double bounded =
        std::clamp(pause_ms, static_cast<double>(duty.least.count()), static_cast<double>(duty.most.count()));
    return Millis{static_cast<Millis::rep>(bounded)};
}

} // namespace turntable::control
