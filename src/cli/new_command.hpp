#pragma once
// `new`: an empty file, one that is made of a difference of schemas, or one that takes another back.

#include "cli/invocation.hpp"

namespace turntable::cli {

[[nodiscard]] int new_migration(const Invocation& invocation);

} // namespace turntable::cli
