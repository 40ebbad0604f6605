#pragma once
// Numbers as people read them.

#include <string>

#include "turntable/units.hpp"

namespace turntable::cli {

[[nodiscard]] std::string grouped(std::int64_t number); // 1,234,567
[[nodiscard]] std::string bytes_text(Bytes bytes);      // 505 MB, in powers of 1000
[[nodiscard]] std::string span_text(Seconds span);      // 42 s, 3 min 20 s, 2 h 5 min, 3 d 4 h
// "1 row", "2 rows"
[[nodiscard]] std::string counted(std::int64_t number, const std::string& singular,
                                  const std::string& plural);

} // namespace turntable::cli
