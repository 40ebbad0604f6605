// The demo checks its own claims; here it is checked that it makes them, and that it fails when it should.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct DemoRun {
    int exit_code = -1;
    std::string out, err;
};

DemoRun demo(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {TURNTABLE_BINARY, "demo"});
    Process process{arguments};
    DemoRun run;
    if (const auto end = process.wait_for(std::chrono::minutes{5})) {
        run.exit_code = end->exit_code.value_or(128 + end->signal);
        process.finish_output();
    }
    run.out = process.out();
    run.err = process.err();
    return run;
}

TEST(Demo, ConvertsUnderWritersAndBackWithoutLosingAWrite) {
    const DemoRun run = demo({"--rows", "20000", "--calm", "1", "--writers", "3"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_THAT(run.out, Not(HasSubstr("FAILED")));
    EXPECT_THAT(run.out, HasSubstr("refused with exit code 3"));
    EXPECT_THAT(run.out, HasSubstr("after the change"));
    EXPECT_THAT(run.out, HasSubstr("a payment that nobody touched is 1.005 again"));
}

TEST(Demo, LeavesTheDatabaseWhereItIsTold) {
    const TempDir folder;
    const std::string place = (folder.path() / "demo").string();
    EXPECT_EQ(demo({"--rows", "7000", "--calm", "1", "--writers", "1", "--dir", place}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(place + "/shop.db"));
    const DemoRun again = demo({"--rows", "7000", "--dir", place});
    EXPECT_EQ(again.exit_code, 5) << "an existing database must not be written to";
}

TEST(Demo, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(demo({"--rows", "many"}).exit_code, 2);
    EXPECT_EQ(demo({"--colour", "red"}).exit_code, 2);
}

} // namespace
} // namespace turntable::test
