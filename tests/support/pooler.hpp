#pragma once
// PgBouncer in front of one PostgreSQL server, on a port of its own.

#include <optional>
#include <string>

#include "support/process.hpp"
#include "support/temp_dir.hpp"
#include "turntable/url.hpp"

namespace turntable::test {

class Pooler {
  public:
    // settings: lines of its configuration, "pool_mode = transaction".
    Pooler(const Url& server, const std::string& settings);
    ~Pooler();
    Pooler(const Pooler&) = delete;
    Pooler& operator=(const Pooler&) = delete;

    // The server's database, reached through the pooler.
    [[nodiscard]] Url url(Url server) const;
    // The same as text.
    [[nodiscard]] std::string text(const std::string& server) const;
    [[nodiscard]] bool running() { return process_->running(); }
    [[nodiscard]] std::string err() const { return process_->err(); }

  private:
    TempDir directory_;
    int port_;
    std::optional<Process> process_;
};

} // namespace turntable::test
