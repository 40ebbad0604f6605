#include "control/retry.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace turntable::control {
namespace {

using namespace std::chrono_literals;

const std::chrono::steady_clock::time_point start{1h};
const Backoff backoff{.first = 100ms, .growth = 2.0, .longest = 1000ms};

RandomUnit always(double value) {
    return [value] { return value; };
}

TEST(Retry, WaitsGrowToTheLongest) {
    Retry retry{backoff, {}, start, always(1.0)};
    std::vector<Millis> waits;
    for (int i = 0; i < 6; ++i) {
        waits.push_back(retry.next_wait(start).value());
    }
    EXPECT_EQ(waits, (std::vector<Millis>{100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}));
}

TEST(Retry, WaitsAreSpreadOverTheUpperHalfOfTheBound) {
    EXPECT_EQ((Retry{backoff, {}, start, always(0.0)}.next_wait(start)), 50ms);
    EXPECT_EQ((Retry{backoff, {}, start, always(0.5)}.next_wait(start)), 75ms);
}

TEST(Retry, EndsAfterTheLastTry) {
    Retry retry{backoff, {.tries_max = 3}, start, always(0.0)};
    EXPECT_TRUE(retry.next_wait(start));
    EXPECT_TRUE(retry.next_wait(start));
    EXPECT_FALSE(retry.next_wait(start));
    EXPECT_EQ(retry.failed_tries(), 3);
}

TEST(Retry, OneTryMeansNoRetry) {
    EXPECT_FALSE((Retry{backoff, {.tries_max = 1}, start, always(0.0)}.next_wait(start)));
}

TEST(Retry, TheLastTryStartsAtTheEndOfTheTimeBudget) {
    Retry retry{backoff, {.total_max = 1030ms}, start, always(1.0)};
    EXPECT_EQ(retry.next_wait(start + 1s), 30ms);
    EXPECT_FALSE(retry.next_wait(start + 1030ms));
}

TEST(Retry, IsUnlimitedWithoutABudget) {
    Retry retry{backoff, {}, start, always(0.0)};
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(retry.next_wait(start + i * 1h));
    }
}

TEST(Retry, StartsSmallAgainAfterProgress) {
    Retry retry{backoff, {.tries_max = 4}, start, always(1.0)};
    (void)retry.next_wait(start);
    (void)retry.next_wait(start);
    retry.calm();
    EXPECT_EQ(retry.next_wait(start), 100ms);
    EXPECT_FALSE(retry.next_wait(start)); // the budget went on
}

TEST(Retry, NeverSpins) {
    Retry retry{{.first = 1ms, .growth = 1.0, .longest = 1ms}, {}, start, always(0.0)};
    EXPECT_EQ(retry.next_wait(start), 1ms);
}

TEST(SeededRandom, RepeatsAndStaysInItsRange) {
    const RandomUnit one = seeded_random(7);
    const RandomUnit two = seeded_random(7);
    for (int i = 0; i < 1000; ++i) {
        const double value = one();
        EXPECT_EQ(value, two());
        EXPECT_GE(value, 0.0);
        EXPECT_LT(value, 1.0);
    }
}

} // namespace
} // namespace turntable::control
