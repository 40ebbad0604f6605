#pragma once
// A sensor reads one number that may hold the work back. It only reads: control/pace.hpp decides. One sensor,
// one file.

#include <memory>
#include <string>

#include "turntable/session.hpp"

namespace turntable {

struct Reading {
    double value = 0;
    double limit = 0;  // value > limit holds the work
    std::string unit;  // "ms", "sessions", "bytes", ""
    std::string about; // what the value is of, for the reason shown: "replica 10.0.0.2", "active sessions"
};

class Sensor {
  public:
    virtual ~Sensor() = default;
    [[nodiscard]] virtual std::string name() const = 0; // "max-lag", "max-load", …
    // session is a read session of the sensors' own. Throws on failure: a failed reading pauses the work.
    [[nodiscard]] virtual Reading read(Session& session) = 0;
};

} // namespace turntable
