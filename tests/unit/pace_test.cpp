#include "control/pace.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace turntable::control {
namespace {

using namespace std::chrono_literals;

const std::chrono::steady_clock::time_point now{1h};

SensorState lag(double value_ms) {
    return {"max-lag", Reading{value_ms, 1000, "ms", "replica 10.0.0.2"}, "", now};
}

TEST(Pace, GoesOnWithoutSensors) {
    EXPECT_FALSE(decide_pace({}, now).hold);
    EXPECT_EQ(decide_pace({}, now).reason, "");
}

TEST(Pace, GoesOnAtTheLimit) {
    EXPECT_FALSE(decide_pace(std::vector{lag(1000)}, now).hold);
}

TEST(Pace, HoldsOverTheLimitAndSaysWhatIsOver) {
    const PaceDecision decision = decide_pace(std::vector{lag(2300)}, now);
    EXPECT_TRUE(decision.hold);
    EXPECT_EQ(decision.reason, "max-lag: replica 10.0.0.2 at 2300 ms, limit 1000 ms");
}

TEST(Pace, HoldsWhenASensorFailed) {
    SensorState state = lag(0);
    state.reading.reset();
    state.error = "connection refused";
    const PaceDecision decision = decide_pace(std::vector{state}, now);
    EXPECT_TRUE(decision.hold);
    EXPECT_EQ(decision.reason, "max-lag cannot be read: connection refused");
}

TEST(Pace, HoldsOnAFailureEvenIfAnOlderReadingWasFine) {
    SensorState state = lag(0);
    state.error = "timeout";
    EXPECT_TRUE(decide_pace(std::vector{state}, now).hold);
}

TEST(Pace, HoldsUntilTheFirstReading) {
    const PaceDecision decision = decide_pace(std::vector{SensorState{"max-load", {}, "", {}}}, now);
    EXPECT_TRUE(decision.hold);
    EXPECT_EQ(decision.reason, "max-load has not been read yet");
}

TEST(Pace, HoldsOnAStaleReading) {
    EXPECT_FALSE(decide_pace(std::vector{lag(0)}, now + 5s).hold);
    const PaceDecision decision = decide_pace(std::vector{lag(0)}, now + 7s);
    EXPECT_TRUE(decision.hold);
    EXPECT_EQ(decision.reason, "max-lag was read 7 s ago");
    EXPECT_FALSE(decide_pace(std::vector{lag(0)}, now + 7s, 10s).hold);
}

TEST(Pace, HoldsOnWhatIsNotANumber) {
    EXPECT_TRUE(decide_pace(std::vector{lag(std::numeric_limits<double>::quiet_NaN())}, now).hold);
}

TEST(Pace, NamesEveryReason) {
    const SensorState load{"max-load", Reading{40, 25, "", "active sessions"}, "", now};
    const SensorState file{"throttle-file", Reading{1, 0, "", "/tmp/hold exists"}, "", now};
    EXPECT_EQ(decide_pace(std::vector{lag(0), load, file}, now).reason,
              "max-load: active sessions at 40, limit 25; throttle-file: /tmp/hold exists");
}

TEST(DutyCycle, NeverPausesLessThanAWaiterNeeds) {
    EXPECT_EQ(pause_after_chunk(0us), 3ms);
    EXPECT_EQ(pause_after_chunk(4ms), 3ms);
}

TEST(DutyCycle, FollowsTheTimeTheLockWasHeld) {
    EXPECT_EQ(pause_after_chunk(50ms), 25ms);
    EXPECT_EQ(pause_after_chunk(50ms, {.factor = 2}), 100ms);
    EXPECT_EQ(pause_after_chunk(10'001us, {.factor = 1}), 11ms);
}

TEST(DutyCycle, IsBounded) {
    EXPECT_EQ(pause_after_chunk(1h), 1000ms);
}

} // namespace
} // namespace turntable::control
