#pragma once
// TEST_P(OnBothServers, …): every test here runs on MySQL and on MariaDB.

#include <gtest/gtest.h>

#include "lab.hpp"

namespace turntable::test {

class OnBothServers : public testing::TestWithParam<Server> {
  protected:
    explicit OnBothServers(const std::string& url = GetParam().url) : lab{url} {}
    Lab lab;
};

// Where a test changes the server itself, which others use at the same time: on the second one.
class OnSecondServers : public OnBothServers {
  protected:
    OnSecondServers() : OnBothServers{second_server(GetParam().name)} {}
};

inline std::vector<Server> mysql_servers() {
    std::vector<Server> found;
    for (const Server& server : servers()) {
        if (server.name == "mysql" || server.name == "mariadb") {
            found.push_back(server);
        }
    }
    return found;
}

inline std::string server_test_name(const testing::TestParamInfo<Server>& info) {
    return info.param.name;
}

#define TURNTABLE_ON_BOTH_SERVERS(fixture)                                                                   \
    GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(fixture);                                                  \
    INSTANTIATE_TEST_SUITE_P(Servers, fixture, testing::ValuesIn(mysql_servers()), server_test_name)

} // namespace turntable::test
