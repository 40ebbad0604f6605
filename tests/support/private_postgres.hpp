#pragma once
// A PostgreSQL server of one test's own, so that the test may kill it. Data in a temporary directory.

#include <string>

#include "support/servers.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {

// A port of the loopback that nobody listens on.
[[nodiscard]] int free_port();

class PrivatePostgres {
  public:
    // Throws std::runtime_error with the server's log if it does not start.
    PrivatePostgres();
    ~PrivatePostgres();
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

    [[nodiscard]] Server server() const;
    void start();
    // kill -9 of the postmaster and its children, as after a crash.
    void crash();
    // A fast shutdown: every session is cut.
    void stop();
    // Restarts it as a hot standby without a primary: it can be read and not written.
    void become_standby();
    void become_primary();

  private:
    void run(const std::string& command) const;

    TempDir directory_;
    std::string binaries_;
    int port_ = 0;
};

} // namespace turntable::test
