#pragma once

namespace turntable::cli {

// The whole program: parses the command line, runs the command, prints results and errors, returns the exit
// code.
int run(int argc, char** argv);

} // namespace turntable::cli
