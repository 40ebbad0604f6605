#include <gtest/gtest.h>

#include "run/ownership.hpp"
#include "support/virtual_clock.hpp"

namespace turntable::run {
namespace {

// The clock stands still: a run of migrations starts several jobs in one millisecond, and a clock may be set
// back.
TEST(JobId, IsNeverTheSameTwiceAndSortsByTime) {
    test::VirtualClock clock;
    std::string before;
    for (int i = 0; i < 10'000; ++i) {
        const std::string id = new_job_id(clock);
        ASSERT_LT(before, id);
        before = id;
    }
}

} // namespace
} // namespace turntable::run
