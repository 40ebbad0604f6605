#pragma once
// How much of what could be tried is tried. TURNTABLE_TEST_DEPTH is
//   not set    a sample: scripts/test
//   full       everything, and what is combined in every pair: scripts/test --full
//   all        the same, and every combination: a day
//   light      less: under a sanitizer, which looks for other faults than a wrong value, ten times as slowly
//   a number   as many times the values of the sample

#include <cstddef>

namespace turntable::test {

[[nodiscard]] bool full_depth(); // or more
[[nodiscard]] bool every_combination();
// How many of the values to try where the sample is this many.
[[nodiscard]] std::size_t deep(std::size_t sample);
// Every how manieth statement to disturb where it is this one in the sample.
[[nodiscard]] int every(int stride);

} // namespace turntable::test
