#pragma once
// `lint`: reads the folder of migrations, and what git knows of it, and prints what the linter says. Connects
// to nothing.

#include "cli/invocation.hpp"

namespace turntable::cli {

// 0, or 3 if there are findings at the severity asked for. Throws Error{usage}.
[[nodiscard]] int lint(const Invocation& invocation);

} // namespace turntable::cli
