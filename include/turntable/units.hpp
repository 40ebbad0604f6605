#pragma once
// Quantities that travel between floors. Durations carry their unit in the type; counts are signed 64 bit.

#include <chrono>
#include <cstdint>

namespace turntable {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Rows = std::int64_t;
using Bytes = std::int64_t;

// Time is injected, so that tests advance it and nobody sleeps in a test.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
    virtual void sleep(Millis duration) = 0;
};

// The machine's own clock.
Clock& real_clock();

} // namespace turntable
