#pragma once
// Logs, trigger functions and triggers that put the key of every changed row into a log; docs/protocol.md.

#include <vector>

#include "detail.hpp"

namespace turntable::postgresql {

// Logs and functions of both directions. detail.names and detail.key must be filled.
[[nodiscard]] std::vector<Statement> make_logs(const Detail& detail);
[[nodiscard]] std::vector<Statement> drop_logs(const Detail& detail);

enum class Capture { forward, back };
// On names.source, which is the new table after the swap.
[[nodiscard]] std::vector<Statement> install_capture(const Detail& detail, Capture direction);
[[nodiscard]] std::vector<Statement> remove_capture(const Detail& detail);

} // namespace turntable::postgresql
