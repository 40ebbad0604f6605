#include "support/servers.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "support/depth.hpp"

namespace turntable::test {
namespace {

// The URL in the variable; without one, the reason why tests are left out is printed, or the run fails.
std::string url_given(const std::string& name, const std::string& variable) {
    const char* const url = std::getenv(variable.c_str());
    if (url != nullptr && *url != '\0') {
        return url;
    }
    std::printf("tests on %s are left out: %s is not set (scripts/test starts all servers)\n", name.c_str(),
                variable.c_str());
    if (std::getenv("TURNTABLE_TEST_REQUIRE_ALL") != nullptr) {
        std::printf("TURNTABLE_TEST_REQUIRE_ALL is set: a missing server is a failure\n");
        std::exit(1);
    }
    return "";
}

std::vector<Server> find_servers() {
    std::vector<Server> found{{"sqlite", ""}};
    for (const auto& [name, variable] : {std::pair{"pg15", "TURNTABLE_TEST_PG15"},
                                         {"pg18", "TURNTABLE_TEST_PG18"},
                                         {"mariadb", "TURNTABLE_TEST_MARIADB"},
                                         {"mysql", "TURNTABLE_TEST_MYSQL"}}) {
        if (std::string url = url_given(name, variable); !url.empty()) {
            found.push_back({name, std::move(url)});
        }
    }
    return found;
}

} // namespace

const std::vector<Server>& servers() {
    static const std::vector<Server> found = find_servers();
    return found;
}

std::string second_server(const std::string& name) {
    return url_given("a second " + name,
                     name == "mariadb" ? "TURNTABLE_TEST_MARIADB2" : "TURNTABLE_TEST_MYSQL2");
}

std::vector<Server> one_server_of_each() {
    std::vector<Server> out;
    bool postgresql = false;
    for (const Server& server : servers()) {
        const bool another = server.name.starts_with("pg") && std::exchange(postgresql, true);
        if (!another || full_depth()) {
            out.push_back(server);
        }
    }
    return out;
}

} // namespace turntable::test
