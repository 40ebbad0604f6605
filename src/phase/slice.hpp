#pragma once
// The bound of one command, and a stopwatch, both on the injected clock.

#include <algorithm>

#include "phase/workshop.hpp"

namespace turntable::phase {

class Stopwatch {
  public:
    explicit Stopwatch(Clock& clock) : clock_(clock), start_(clock.now()) {}
    [[nodiscard]] std::chrono::microseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - start_);
    }

  private:
    Clock& clock_;
    std::chrono::steady_clock::time_point start_;
};

// May another chunk start? Not after the slice's time, and not when the gate says no.
class Slice {
  public:
    explicit Slice(Workshop& shop) : shop_(shop), watch_(shop.clock) {}
    [[nodiscard]] bool may_go_on() { return watch_.elapsed() < shop_.slice && shop_.gate.pass(); }

  private:
    Workshop& shop_;
    Stopwatch watch_;
};

// Towards the end chunks get smaller, so that the workers end together; `left` is an estimate and may be
// wrong.
[[nodiscard]] inline Rows towards_the_end(Rows asked, Rows left, int workers) {
    constexpr Rows small_chunk = 10'000;
    if (workers < 2 || left <= 0) {
        return asked;
    }
    return std::clamp(left / (2 * workers), std::min(asked, small_chunk), asked);
}

} // namespace turntable::phase
