#pragma once
// Measurements as a table for people and as JSON.

#include <string>
#include <vector>

#include "measure.hpp"

namespace turntable::bench {

// Markdown, so that it can stand in docs/benchmarks.md.
[[nodiscard]] std::string markdown(const std::string& title, const std::vector<Measurement>& measurements);
[[nodiscard]] std::string json(const std::string& server, const std::vector<Measurement>& measurements);

} // namespace turntable::bench
