#include "control/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "turntable/error.hpp"

namespace turntable::control {

Estimate::Estimate(Rows total, Seconds window) : window_(window), total_(total) {
    check(window.count() > 0, "the window of an estimate is empty");
}

void Estimate::sample(std::chrono::steady_clock::time_point now, Rows done, Work work) {
    if (done < done_) {
        samples_.clear();
        last_.reset();
        worked_ = {};
    }
    if (last_ && work == Work::going) {
        worked_ += std::max(now - *last_, std::chrono::steady_clock::duration::zero());
    }
    last_ = now;
    done_ = done;
    if (!samples_.empty() && samples_.back().worked == worked_) {
        samples_.back().done = done; // no working time has passed: replaces, so that a pause adds nothing
        return;
    }
    samples_.push_back({worked_, done});
    // The newest sample outside the window stays, so that the window is always covered.
    while (samples_.size() > 2 && worked_ - samples_[1].worked >= window_) {
        samples_.pop_front();
    }
}

void Estimate::set_total(Rows total) {
    total_ = total;
}

double Estimate::fraction() const noexcept {
    return total() <= 0 ? 0.0 : static_cast<double>(done_) / static_cast<double>(total());
}

double Estimate::rows_per_second() const noexcept {
    if (samples_.size() < 2) {
        return 0.0;
    }
    const std::chrono::duration<double> span = samples_.back().worked - samples_.front().worked;
    return static_cast<double>(samples_.back().done - samples_.front().done) / span.count();
}

std::optional<Seconds> Estimate::eta() const noexcept {
    const double speed = rows_per_second();
    if (speed <= 0.0 || total_ <= 0 || done_ > total_) {
        return std::nullopt;
    }
    // Beyond a century it is no estimate, and would overflow.
    const double left = std::ceil(static_cast<double>(total_ - done_) / speed);
    return left < 3e9 ? std::optional{Seconds{static_cast<Seconds::rep>(left)}} : std::nullopt;
}

} // namespace turntable::control
