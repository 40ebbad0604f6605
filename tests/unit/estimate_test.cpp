#include "control/estimate.hpp"

#include <gtest/gtest.h>

namespace turntable::control {
namespace {

using namespace std::chrono_literals;
using Work = Estimate::Work;

const std::chrono::steady_clock::time_point start{1h};

TEST(Estimate, KnowsNothingBeforeTheSecondSample) {
    Estimate estimate{1000};
    EXPECT_EQ(estimate.eta(), std::nullopt);
    estimate.sample(start, 100, Work::going);
    EXPECT_EQ(estimate.rows_per_second(), 0);
    EXPECT_EQ(estimate.eta(), std::nullopt);
}

TEST(Estimate, DividesWhatIsLeftByTheSpeed) {
    Estimate estimate{1000};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 2s, 200, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 100);
    EXPECT_DOUBLE_EQ(estimate.fraction(), 0.2);
    EXPECT_EQ(estimate.eta(), 8s);
}

TEST(Estimate, IgnoresRowsThatWereDoneBeforeTheFirstSample) {
    Estimate estimate{1000};
    estimate.sample(start, 900, Work::going);
    estimate.sample(start + 1s, 910, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 10);
}

TEST(Estimate, FollowsTheSpeedOfTheWindow) {
    Estimate estimate{1'000'000, 10s};
    Rows done = 0;
    for (int second = 0; second <= 100; ++second) {
        estimate.sample(start + second * 1s, done, Work::going);
        done += second < 60 ? 1000 : 10;
    }
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 10);
}

TEST(Estimate, StaysPutDuringAPause) {
    Estimate estimate{1000};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 2s, 200, Work::going);
    for (int minute = 1; minute < 60; ++minute) {
        estimate.sample(start + minute * 1min, 200, Work::held);
        EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 100);
        EXPECT_EQ(estimate.eta(), 8s);
    }
    estimate.sample(start + 59min + 1s, 300, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 100);
}

TEST(Estimate, SlowsDownWhileTheWorkStallsByItself) {
    Estimate estimate{1000};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 1s, 100, Work::going);
    estimate.sample(start + 10s, 100, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 10);
    EXPECT_EQ(estimate.eta(), 90s);
}

TEST(Estimate, NeverExceedsTheWhole) {
    Estimate estimate{100};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 1s, 250, Work::going);
    EXPECT_DOUBLE_EQ(estimate.fraction(), 1.0);
    EXPECT_EQ(estimate.total(), 250);
    EXPECT_EQ(estimate.eta(), std::nullopt); // how much more there is cannot be known
}

TEST(Estimate, IsDoneAtTheTotal) {
    Estimate estimate{100};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 1s, 100, Work::going);
    EXPECT_EQ(estimate.eta(), 0s);
}

TEST(Estimate, StartsAnewWhenTheCopyRestarts) {
    Estimate estimate{1000};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 1s, 900, Work::going);
    estimate.sample(start + 2s, 0, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 0);
    estimate.sample(start + 3s, 50, Work::going);
    EXPECT_DOUBLE_EQ(estimate.rows_per_second(), 50);
}

TEST(Estimate, AnUnknownTotalHasNoEtaAndNoFraction) {
    Estimate estimate{0};
    estimate.sample(start, 0, Work::going);
    EXPECT_DOUBLE_EQ(estimate.fraction(), 0.0);
    estimate.sample(start + 1s, 50, Work::going);
    EXPECT_EQ(estimate.eta(), std::nullopt);
}

TEST(Estimate, ACrawlHasNoEta) {
    Estimate estimate{9'000'000'000'000};
    estimate.sample(start, 0, Work::going);
    estimate.sample(start + 1h, 1, Work::going);
    EXPECT_EQ(estimate.eta(), std::nullopt);
}

} // namespace
} // namespace turntable::control
