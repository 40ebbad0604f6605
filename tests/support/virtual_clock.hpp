#pragma once
// A clock that moves only when somebody sleeps: retries and watch times cost nothing.

#include <functional>

#include "turntable/units.hpp"

namespace turntable::test {

class VirtualClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return now_; }
    [[nodiscard]] std::chrono::system_clock::time_point wall() const override {
        return start_ + (now_ - begin_);
    }
    void sleep(Millis duration) override {
        before_sleep();
        now_ += duration;
    }

    // A look around, before the time goes on.
    std::function<void()> before_sleep = [] {};

  private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point now_ = begin_;
    std::chrono::system_clock::time_point start_ = std::chrono::system_clock::now();
};

} // namespace turntable::test
