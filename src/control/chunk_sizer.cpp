#include "control/chunk_sizer.hpp"

#include <algorithm>

#include "turntable/error.hpp"

namespace turntable::control {
namespace {

constexpr double growth_max = 2.0;        // per measured chunk
constexpr double panic_factor = 2.5;      // a chunk this far over its target is not smoothed
constexpr double weight_dearer = 0.6;     // of a new measurement that makes rows dearer than thought
constexpr double weight_cheaper = 0.25;   // of one that makes them cheaper
constexpr double shortest_chunk_us = 1.0; // a clock that did not move: avoids a cost of zero

double as_us(Millis duration) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

} // namespace

ChunkSizer::ChunkSizer(Rows first, Millis target, ChunkLimits limits)
    : limits_(limits), target_(target), rows_(std::clamp(first, limits.min, limits.max)) {
    check(limits.min >= 1 && limits.min <= limits.max, "chunk limits are not a range");
    check(target.count() > 0, "chunk target is not positive");
}

Rows ChunkSizer::limited(double rows) const {
    return static_cast<Rows>(
        std::clamp(rows, static_cast<double>(limits_.min), static_cast<double>(limits_.max)));
}

void ChunkSizer::measured(Rows asked, std::chrono::microseconds took) {
    check(asked > 0, "a chunk of no rows was measured");
    const double took_us = std::max(static_cast<double>(took.count()), shortest_chunk_us);
    const double cost = took_us / static_cast<double>(asked);
    const double target_us = as_us(target_);
    if (took_us > panic_factor * target_us) {
        row_cost_us_ = std::max(row_cost_us_, cost);
        rows_ = std::min(rows_, limited(target_us / cost));
        return;
    }
    if (row_cost_us_ == 0) {
        row_cost_us_ = cost;
    } else {
        const double weight = cost > row_cost_us_ ? weight_dearer : weight_cheaper;
        row_cost_us_ += weight * (cost - row_cost_us_);
    }
    rows_ = limited(std::min(target_us / row_cost_us_, growth_max * static_cast<double>(asked)));
}

void ChunkSizer::set_target(Millis target) {
    check(target.count() > 0, "chunk target is not positive");
    // Smaller at once; larger through the next measurements, which limit the growth.
    if (target < target_) {
        rows_ = limited(static_cast<double>(rows_) * as_us(target) / as_us(target_));
    }
    target_ = target;
}

} // namespace turntable::control
