#pragma once
// The servers that tests run against. scripts/test starts them and passes their URLs in the environment:
// TURNTABLE_TEST_PG15, TURNTABLE_TEST_PG18, TURNTABLE_TEST_MARIADB, TURNTABLE_TEST_MYSQL. SQLite needs none.

#include <ostream>
#include <string>
#include <vector>

namespace turntable::test {

struct Server {
    std::string name; // "sqlite", "pg15", "pg18", "mariadb", "mysql"
    std::string url;  // of an administrative database; SQLite: empty
};

inline void PrintTo(const Server& server, std::ostream* out) {
    *out << server.name;
}

// The servers given in the environment, SQLite first. A missing one is printed once, with the variable to
// set; with TURNTABLE_TEST_REQUIRE_ALL=1 (scripts/test sets it) it is a failure.
const std::vector<Server>& servers();

// The URL of a second server of that kind ("mariadb", "mysql"), for replicas; empty where none was given,
// which is printed or a failure as above.
std::string second_server(const std::string& name);

// One of each database; at full depth all of them. For suites in which two versions of PostgreSQL can hardly
// differ; the engine's own tests run on both, and the conformance tests share their cases between them.
[[nodiscard]] std::vector<Server> one_server_of_each();

} // namespace turntable::test
