#pragma once
// How much of what could be tried is tried: scripts/test takes a sample, scripts/test --full everything.

namespace turntable::test {

// TURNTABLE_TEST_DEPTH=full
[[nodiscard]] bool full_depth();

} // namespace turntable::test
