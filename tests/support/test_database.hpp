#pragma once
// One database of one test on one server: created by the constructor, dropped by the destructor.

#include <memory>
#include <string>
#include <vector>

#include "support/client.hpp"
#include "support/servers.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {

[[nodiscard]] Flavor flavor_of(const Server& server);

class TestDatabase {
  public:
    explicit TestDatabase(const Server& server);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] Flavor flavor() const { return flavor_; }
    // As the tool takes it.
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::unique_ptr<Client> open() const { return connect(flavor_, url_); }
    // The test's own connection.
    [[nodiscard]] Client& client();
    // The next client() is a new connection.
    void reconnect() { client_.reset(); }
    void exec(const std::vector<std::string>& statements);
    // An identifier as the engine quotes it.
    [[nodiscard]] std::string quote(const std::string& identifier) const;

  private:
    Server server_;
    Flavor flavor_;
    TempDir directory_; // of an SQLite file
    std::string name_, url_;
    std::unique_ptr<Client> client_;
};

[[nodiscard]] std::string quote(Flavor flavor, const std::string& identifier);

} // namespace turntable::test
