#pragma once
// The three implementations of the chunk pipeline: inline (an order that repeats, for tests), std::jthread
// (checked by ThreadSanitizer) and oneTBB (what runs).

#include <memory>

#include "phase/workshop.hpp"

namespace turntable::run {

[[nodiscard]] std::unique_ptr<phase::Pipeline> make_inline_pipeline();
[[nodiscard]] std::unique_ptr<phase::Pipeline> make_thread_pipeline();
[[nodiscard]] std::unique_ptr<phase::Pipeline> make_tbb_pipeline();

} // namespace turntable::run
