#pragma once
// How many rows the next chunk asks for, so that a chunk takes about the target time. Numbers in, numbers
// out: the caller measures. Not thread-safe; the stage that hands out chunks owns it.

#include <chrono>

#include "turntable/units.hpp"

namespace turntable::control {

struct ChunkLimits {
    Rows min = 50;
    Rows max = 500'000;
};

// The cost of a row is smoothed, upwards faster than downwards: a chunk that is too long stops somebody, a
// chunk that is too short only costs a little throughput. A chunk far over the target (panic) counts at once,
// unsmoothed.
class ChunkSizer {
  public:
    ChunkSizer(Rows first, Millis target, ChunkLimits limits = {});

    // Of the next chunk; always within the limits.
    [[nodiscard]] Rows rows() const noexcept { return rows_; }
    // A chunk that was asked to hold `asked` rows took this long. Not the rows found in it: a range that
    // holds fewer (dead rows, a gap, rows left to the replay) costs its time all the same. Chunks measured
    // out of order, as parallel workers finish them, are fine: growth is limited against the measured chunk,
    // not the last one.
    void measured(Rows asked, std::chrono::microseconds took);
    void set_target(Millis target);
    [[nodiscard]] Millis target() const noexcept { return target_; }

  private:
    [[nodiscard]] Rows limited(double rows) const;

    ChunkLimits limits_;
    Millis target_;
    Rows rows_;
    double row_cost_us_ = 0; // smoothed; 0: nothing measured yet
};

} // namespace turntable::control
