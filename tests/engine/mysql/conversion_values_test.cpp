// Dates, moments, UUIDs, words and JSON on a real server against the reference in C++.
#include <gtest/gtest.h>

#include "conversion_client.hpp"
#include "support/values_suite.hpp"

namespace turntable::mysql {
namespace {

class MysqlValues : public testing::TestWithParam<test::Server> {
  protected:
    ConversionClient client_{GetParam()};
    test::ValueTypes types_{"longtext", "bigint", -30610224000};
};

TEST_P(MysqlValues, DatesInTextAreThoseOfTheReference) {
    test::expect_dates(client_, types_);
}
TEST_P(MysqlValues, EpochsAreThoseOfTheReferenceThereAndBack) {
    test::expect_moments(client_, types_);
}
TEST_P(MysqlValues, UuidsInTextAreThoseOfTheReference) {
    test::expect_uuids(client_, types_);
}
TEST_P(MysqlValues, BadValuesStopTheCopyByName) {
    test::expect_bad_values_stop(client_, types_);
}
TEST_P(MysqlValues, WordsAreThoseOfTheMap) {
    test::expect_maps(client_, types_);
}
TEST_P(MysqlValues, JsonInTextIsThatOfTheReference) {
    const bool mariadb = GetParam().name == "mariadb";
    test::expect_json(client_, types_,
                      mariadb ? JsonDialect{31} : JsonDialect{json_depth_max, true, true, 0, true}, mariadb);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MysqlValues);
INSTANTIATE_TEST_SUITE_P(Servers, MysqlValues, testing::ValuesIn(conversion_servers()),
                         [](const auto& server) { return server.param.name; });

} // namespace
} // namespace turntable::mysql
