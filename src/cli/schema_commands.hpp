#pragma once
// The commands on whole schemas and on the histories of other tools. Each returns the exit code.

#include "cli/invocation.hpp"

namespace turntable::cli {

[[nodiscard]] int dump_schema(const Invocation& invocation);
[[nodiscard]] int find_drift(const Invocation& invocation);
[[nodiscard]] int import_migrations(const Invocation& invocation);

} // namespace turntable::cli
