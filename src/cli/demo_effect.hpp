#pragma once
// What the writers of the demo felt: their samples, and the effect of a span of time on them. Pure, but for
// reading.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace turntable::cli {

// One transaction of a writer. Open loop: it was due at a fixed time, and its latency counts from then, so
// that a writer that is held up shows its whole queue.
struct Sample {
    std::chrono::steady_clock::time_point due;
    std::chrono::microseconds latency{0};
    enum class End { committed, failed } end = End::committed;
};

// Samples travel as lines "DUE_NS LATENCY_US committed|failed" in one file per writer.
[[nodiscard]] std::string sample_line(const Sample& sample);
// All complete lines of all files in the folder; a line being written is left for later.
[[nodiscard]] std::vector<Sample> read_samples(const std::filesystem::path& folder);

struct TimeSpan {
    std::chrono::steady_clock::time_point begin, end;
};

struct Effect {
    std::int64_t transactions = 0, failed = 0;
    std::chrono::microseconds p50{0}, p99{0}, max{0};
    std::chrono::microseconds longest_stop{0}; // longest time in which no transaction at all was committed
};

// Over the transactions that were due in the span.
[[nodiscard]] Effect effect_of(const std::vector<Sample>& samples, const TimeSpan& span);

} // namespace turntable::cli
