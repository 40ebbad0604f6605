#pragma once
// A scratch database per test on a real server, an engine connected to it, and plain sessions beside it that
// play the application.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/servers.hpp"
#include "turntable/engine.hpp"
#include "turntable/url.hpp"

namespace turntable::test {

// The servers of this engine, for INSTANTIATE_TEST_SUITE_P.
std::vector<Server> postgresql_servers();
std::string server_name(const testing::TestParamInfo<Server>& info);

class ScratchDatabase {
  public:
    explicit ScratchDatabase(const Server& server);
    ~ScratchDatabase();
    ScratchDatabase(const ScratchDatabase&) = delete;
    ScratchDatabase& operator=(const ScratchDatabase&) = delete;

    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] Url url() const { return url_; }
    // An application's own session: no settings pinned, its own name. options: appended to the connection
    // string.
    [[nodiscard]] std::unique_ptr<Session> application(const std::string& user = {});

  private:
    Url admin_, url_;
    std::unique_ptr<Engine> engine_;
};

} // namespace turntable::test
