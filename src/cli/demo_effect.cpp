#include "cli/demo_effect.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace turntable::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using Time = std::chrono::steady_clock::time_point;

// The value below which this share of them lies; sorted, not empty.
microseconds percentile(const std::vector<microseconds>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(rank, sorted.size() - 1)];
}

// The ends of the committed transactions that were due in the span lie between its begin and the last of
// them.
microseconds longest_gap(std::vector<Time> ends, Time begin) {
    std::ranges::sort(ends);
    microseconds longest{0};
    for (const Time end : ends) {
        longest = std::max(longest, duration_cast<microseconds>(end - begin));
        begin = end;
    }
    return longest;
}

} // namespace

std::string sample_line(const Sample& sample) {
    std::ostringstream line;
    line << duration_cast<nanoseconds>(sample.due.time_since_epoch()).count() << ' ' << sample.latency.count()
         << ' ' << (sample.end == Sample::End::committed ? "committed" : "failed") << '\n';
    return line.str();
}

std::vector<Sample> read_samples(const std::filesystem::path& folder) {
    std::vector<Sample> samples;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        std::ifstream in{entry.path()};
        for (std::string line; std::getline(in, line) && !in.eof();) {
            std::istringstream fields{line};
            std::int64_t due = 0, latency = 0;
            std::string end;
            fields >> due >> latency >> end;
            samples.push_back({Time{nanoseconds{due}}, microseconds{latency},
                               end == "committed" ? Sample::End::committed : Sample::End::failed});
        }
    }
    return samples;
}

Effect effect_of(const std::vector<Sample>& samples, const TimeSpan& span) {
    Effect effect;
    std::vector<microseconds> latencies;
    std::vector<Time> ends;
    for (const Sample& sample : samples) {
        if (sample.due < span.begin || sample.due >= span.end) {
            continue;
        }
        ++effect.transactions;
        latencies.push_back(sample.latency);
        if (sample.end == Sample::End::failed) {
            ++effect.failed;
        } else {
            ends.push_back(sample.due + sample.latency);
        }
    }
    if (!latencies.empty()) {
        std::ranges::sort(latencies);
        effect.p50 = percentile(latencies, 0.50);
        effect.p99 = percentile(latencies, 0.99);
        effect.max = latencies.back();
        effect.longest_stop = longest_gap(std::move(ends), span.begin);
    }
    return effect;
}

} // namespace turntable::cli
