#include "control/retry.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "turntable/error.hpp"

namespace turntable::control {

RandomUnit seeded_random(std::uint64_t seed) {
    return [engine = std::mt19937_64{seed}]() mutable {
        return std::uniform_real_distribution<double>{0.0, 1.0}(engine);
    };
}

RandomUnit machine_random() {
    std::random_device device;
    return seeded_random((static_cast<std::uint64_t>(device()) << 32U) | device());
}

Retry::Retry(Backoff backoff, RetryBudget budget, std::chrono::steady_clock::time_point now,
             RandomUnit random)
    : backoff_(backoff), budget_(budget), started_(now), random_(std::move(random)), bound_(backoff.first) {
    check(backoff.first.count() > 0 && backoff.first <= backoff.longest && backoff.growth >= 1.0,
          "backoff is not a rising range");
}

std::optional<Millis> Retry::next_wait(std::chrono::steady_clock::time_point now) {
    ++failed_;
    if (budget_.tries_max > 0 && failed_ >= budget_.tries_max) {
        return std::nullopt;
    }
    const double half = static_cast<double>(bound_.count()) / 2.0;
    Millis wait{static_cast<Millis::rep>(half + random_() * half)};
    if (budget_.total_max) {
        const auto left = std::chrono::duration_cast<Millis>(started_ + *budget_.total_max - now);
        if (left <= Millis{0}) {
            return std::nullopt;
        }
        wait = std::min(wait, left);
    }
    const double grown = static_cast<double>(bound_.count()) * backoff_.growth;
    bound_ = Millis{static_cast<Millis::rep>(std::min(grown, static_cast<double>(backoff_.longest.count())))};
    return std::max(wait, Millis{1});
}

} // namespace turntable::control
