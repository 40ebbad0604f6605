#include "control/chunk_sizer.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace turntable::control {
namespace {

using std::chrono::microseconds;
using namespace std::chrono_literals;

// A server whose chunks cost a fixed part and a part per row.
struct Server {
    double fixed_us = 500;
    double row_us = 10;
    [[nodiscard]] microseconds run(Rows rows) const {
        return microseconds{static_cast<microseconds::rep>(fixed_us + row_us * static_cast<double>(rows))};
    }
};

Rows settle(ChunkSizer& sizer, const Server& server, int chunks) {
    for (int i = 0; i < chunks; ++i) {
        const Rows asked = sizer.rows();
        sizer.measured(asked, server.run(asked));
    }
    return sizer.rows();
}

TEST(ChunkSizer, ReachesTheTarget) {
    ChunkSizer sizer{1000, 500ms};
    const Server server;
    const Rows rows = settle(sizer, server, 60);
    EXPECT_NEAR(static_cast<double>(server.run(rows).count()), 500'000, 25'000);
}

TEST(ChunkSizer, GrowsAtMostTwofoldPerChunk) {
    ChunkSizer sizer{1000, 500ms};
    Rows before = sizer.rows();
    for (int i = 0; i < 20; ++i) {
        sizer.measured(before, Server{.fixed_us = 0, .row_us = 0.1}.run(before));
        EXPECT_LE(sizer.rows(), before * 2);
        before = sizer.rows();
    }
    EXPECT_EQ(before, ChunkLimits{}.max);
}

TEST(ChunkSizer, GrowsAgainstTheMeasuredChunkWhenWorkersFinishOutOfOrder) {
    ChunkSizer sizer{1000, 500ms};
    sizer.measured(1000, 1ms);
    sizer.measured(1000, 1ms); // handed out at the same time to another worker
    EXPECT_EQ(sizer.rows(), 2000);
}

TEST(ChunkSizer, OneChunkFarOverTheTargetShrinksTheNextAtOnce) {
    ChunkSizer sizer{1000, 50ms};
    const Rows before = settle(sizer, Server{.fixed_us = 0, .row_us = 5}, 60);
    EXPECT_NEAR(static_cast<double>(before), 10'000, 500);
    sizer.measured(before, 1s); // 20 times the target
    EXPECT_LE(sizer.rows(), before / 20 + 1);
}

TEST(ChunkSizer, APanicNeverGrowsTheNextChunk) {
    ChunkSizer sizer{100, 50ms};
    sizer.measured(100'000, 200ms); // an older, larger chunk comes in late
    EXPECT_LE(sizer.rows(), 100);
}

TEST(ChunkSizer, ShrinksFasterThanItGrows) {
    ChunkSizer slower{10'000, 100ms};
    settle(slower, Server{.fixed_us = 0, .row_us = 10}, 40);
    ChunkSizer faster = slower;
    slower.measured(10'000, 200ms);
    faster.measured(10'000, 50ms);
    EXPECT_LT(static_cast<double>(slower.rows()), 10'000 / 1.5);
    EXPECT_LT(static_cast<double>(faster.rows()), 10'000 * 1.5);
}

TEST(ChunkSizer, StaysWithinItsLimits) {
    ChunkSizer sizer{1, 50ms, {.min = 20, .max = 300}};
    EXPECT_EQ(sizer.rows(), 20);
    settle(sizer, Server{.fixed_us = 0, .row_us = 0.001}, 30);
    EXPECT_EQ(sizer.rows(), 300);
    settle(sizer, Server{.fixed_us = 0, .row_us = 1e6}, 5);
    EXPECT_EQ(sizer.rows(), 20);
}

TEST(ChunkSizer, RecoversAfterTheServerCalmsDown) {
    ChunkSizer sizer{1000, 100ms};
    settle(sizer, Server{.fixed_us = 0, .row_us = 1000}, 10);
    EXPECT_LE(sizer.rows(), 110);
    settle(sizer, Server{.fixed_us = 0, .row_us = 10}, 40);
    EXPECT_GE(sizer.rows(), 9000);
}

TEST(ChunkSizer, AClockThatDidNotMoveIsNoCostOfZero) {
    ChunkSizer sizer{1000, 100ms};
    sizer.measured(1000, 0us);
    EXPECT_EQ(sizer.rows(), 2000);
}

TEST(ChunkSizer, ALowerTargetHoldsAtOnceAndAHigherOneThroughMeasurement) {
    ChunkSizer sizer{1000, 500ms};
    const Server server;
    const Rows before = settle(sizer, server, 60);
    sizer.set_target(50ms);
    EXPECT_LE(sizer.rows(), before / 10);
    const Rows small = sizer.rows();
    sizer.set_target(500ms);
    EXPECT_EQ(sizer.rows(), small);
    EXPECT_NEAR(static_cast<double>(settle(sizer, server, 60)), static_cast<double>(before), 2500);
}

} // namespace
} // namespace turntable::control
