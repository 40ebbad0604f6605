#pragma once
// An observer for tests that look at what is done and not at what is told.

#include "run/api.hpp"

namespace turntable::test {

class Silence final : public run::Observer {
  public:
    void progress(const run::Progress&) override {}
    void note(const std::string&) override {}
};

} // namespace turntable::test
