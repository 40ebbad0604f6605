#include "cli/demo_effect.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_dir.hpp"

namespace turntable::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

Time at(int ms) {
    return Time{milliseconds{ms}};
}

Sample committed(int due_ms, int latency_ms) {
    return {at(due_ms), milliseconds{latency_ms}, Sample::End::committed};
}

TEST(DemoEffect, LatencyCountsFromTheTimeATransactionWasDue) {
    std::vector<Sample> samples;
    for (int i = 0; i < 100; ++i) {
        samples.push_back(committed(i * 10, i < 98 ? 1 : 50));
    }
    const Effect effect = effect_of(samples, {at(0), at(1000)});
    EXPECT_EQ(effect.transactions, 100);
    EXPECT_EQ(effect.p50, milliseconds{1});
    EXPECT_EQ(effect.p99, milliseconds{50});
    EXPECT_EQ(effect.max, milliseconds{50});
}

TEST(DemoEffect, TheLongestStopIsTheLongestTimeWithoutAnyCommit) {
    const std::vector<Sample> samples{committed(0, 10), committed(20, 480), committed(40, 470)};
    EXPECT_EQ(effect_of(samples, {at(0), at(1000)}).longest_stop, milliseconds{490});
}

TEST(DemoEffect, OnlyWhatWasDueInTheSpanCounts) {
    const std::vector<Sample> samples{committed(0, 500), committed(100, 1), committed(200, 500)};
    const Effect effect = effect_of(samples, {at(100), at(200)});
    EXPECT_EQ(effect.transactions, 1);
    EXPECT_EQ(effect.max, milliseconds{1});
}

TEST(DemoEffect, AFailedTransactionIsCountedAndIsNoCommit) {
    std::vector<Sample> samples{
        committed(0, 1), {at(10), milliseconds{1}, Sample::End::failed}, committed(100, 1)};
    const Effect effect = effect_of(samples, {at(0), at(1000)});
    EXPECT_EQ(effect.failed, 1);
    EXPECT_EQ(effect.longest_stop, milliseconds{100});
}

TEST(DemoEffect, NoTransactionIsNoEffect) {
    EXPECT_EQ(effect_of({}, {at(0), at(1000)}).transactions, 0);
}

TEST(DemoEffect, SamplesAreReadAsTheyWereWrittenAndAnUnfinishedLineIsLeft) {
    const test::TempDir folder;
    const Sample sample{Time{std::chrono::nanoseconds{123'456'789}}, microseconds{42}, Sample::End::failed};
    std::ofstream{folder.path() / "0"} << sample_line(sample) << "99 1";
    const std::vector<Sample> read = read_samples(folder.path());
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].due, sample.due);
    EXPECT_EQ(read[0].latency, sample.latency);
    EXPECT_EQ(read[0].end, sample.end);
}

} // namespace
} // namespace turntable::cli
