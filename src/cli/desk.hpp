#pragma once
// What every command that talks to a database needs: configuration, settings, and the engine, connected or at
// least able to connect.

#include <memory>

#include "cli/config.hpp"
#include "cli/invocation.hpp"
#include "turntable/engine.hpp"

namespace turntable::cli {

struct Desk {
    Config config;
    std::unique_ptr<Engine> engine;
};

// Reads the configuration and makes the engine of the URL. On a terminal, a server that wants a password that
// was not given gets it from a prompt. Throws Error{usage}; DatabaseError{connect_failed} only after a
// prompt.
[[nodiscard]] Desk open_desk(const Invocation& invocation);
// The same for another URL, as a configuration has it.
[[nodiscard]] std::unique_ptr<Engine> open_engine(const std::string& url);

} // namespace turntable::cli
