#pragma once
// From an Invocation to the machinery and back to stdout.

#include "cli/errors.hpp"
#include "cli/invocation.hpp"

namespace turntable::cli {

// Runs the command, prints its result on stdout, returns the exit code. Throws Error, DatabaseError.
[[nodiscard]] int run_command(const Invocation& invocation);

// Whether the command may leave something in the database when it fails.
[[nodiscard]] Reach reach_of(const Invocation& invocation);

} // namespace turntable::cli
