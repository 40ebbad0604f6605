#pragma once
// `turntable demo`: the main job on an embedded SQLite database while other processes write to it.

#include <string>
#include <vector>

namespace turntable::cli {

// arguments: what follows the word "demo" on the command line. Returns the exit code; prints to stdout.
int demo(const std::vector<std::string>& arguments);

} // namespace turntable::cli
