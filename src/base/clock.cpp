#include <thread>

#include "turntable/units.hpp"

namespace turntable {
namespace {

class RealClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::steady_clock::time_point now() const override {
        return std::chrono::steady_clock::now();
    }
    [[nodiscard]] std::chrono::system_clock::time_point wall() const override {
        return std::chrono::system_clock::now();
    }
    void sleep(Millis duration) override { std::this_thread::sleep_for(duration); }
};

} // namespace

Clock& real_clock() {
    static RealClock clock;
    return clock;
}

} // namespace turntable
