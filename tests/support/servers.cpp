#include "support/servers.hpp"

#include <cstdio>
#include <cstdlib>

namespace turntable::test {
namespace {

std::vector<Server> find_servers() {
    std::vector<Server> found{{"sqlite", ""}};
    const char* const require_all = std::getenv("TURNTABLE_TEST_REQUIRE_ALL");
    for (const auto& [name, variable] : {std::pair{"pg15", "TURNTABLE_TEST_PG15"},
                                         {"pg18", "TURNTABLE_TEST_PG18"},
                                         {"mariadb", "TURNTABLE_TEST_MARIADB"},
                                         {"mysql", "TURNTABLE_TEST_MYSQL"}}) {
        const char* const url = std::getenv(variable);
        if (url != nullptr && *url != '\0') {
            found.push_back({name, url});
            continue;
        }
        std::printf("tests on %s are left out: %s is not set (scripts/test starts all servers)\n", name,
                    variable);
        if (require_all != nullptr) {
            std::printf("TURNTABLE_TEST_REQUIRE_ALL is set: a missing server is a failure\n");
            std::exit(1);
        }
    }
    return found;
}

} // namespace

const std::vector<Server>& servers() {
    static const std::vector<Server> found = find_servers();
    return found;
}

const std::vector<Server>& system_servers() {
    return servers();
}

} // namespace turntable::test
