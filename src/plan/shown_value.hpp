#pragma once
// A value as it stands in a sentence or a line of a report: on one line, and not longer than a line.

#include <string>
#include <string_view>

namespace turntable::plan {

// Control characters are written as \n, \t, \xNN, so that a value cannot break the report or drive a
// terminal; what is beyond 60 characters is cut, and its length told.
[[nodiscard]] std::string shown_value(std::string_view value);

} // namespace turntable::plan
