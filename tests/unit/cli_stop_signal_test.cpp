#include "cli/stop_signal.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace turntable::cli {
namespace {

TEST(StopSignal, AsksForACleanStop) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const StopSignal stop;
        EXPECT_FALSE(StopSignal::raised());
        std::raise(signal);
        EXPECT_TRUE(StopSignal::raised());
    }
}

TEST(StopSignal, ASecondOneEndsTheProcess) {
    EXPECT_EXIT(
        {
            const StopSignal stop;
            std::raise(SIGTERM);
            std::raise(SIGTERM);
        },
        testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignal, GivesTheSignalsBack) {
    EXPECT_EXIT(
        {
            { const StopSignal stop; }
            std::raise(SIGINT);
        },
        testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignal, LeavesAnIgnoredSignalIgnored) {
    std::signal(SIGHUP, SIG_IGN);
    {
        const StopSignal stop;
        std::raise(SIGHUP);
        EXPECT_FALSE(StopSignal::raised());
    }
    std::raise(SIGHUP); // would end the test
    std::signal(SIGHUP, SIG_DFL);
}

} // namespace
} // namespace turntable::cli
