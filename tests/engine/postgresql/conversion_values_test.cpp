// Dates, moments, UUIDs, words and JSON on a real server against the reference in C++.
#include <gtest/gtest.h>

#include "conversion_client.hpp"
#include "support/values_suite.hpp"

namespace turntable::postgresql {
namespace {

class PostgresqlValues : public testing::TestWithParam<test::Server> {
  protected:
    ConversionClient client_{GetParam().url};
    test::ValueTypes types_{"text", "bigint", -62135596800};
};

TEST_P(PostgresqlValues, DatesInTextAreThoseOfTheReference) {
    test::expect_dates(client_, types_);
}
TEST_P(PostgresqlValues, EpochsAreThoseOfTheReferenceThereAndBack) {
    test::expect_moments(client_, types_);
}
TEST_P(PostgresqlValues, UuidsInTextAreThoseOfTheReference) {
    test::expect_uuids(client_, types_);
}
TEST_P(PostgresqlValues, BadValuesStopTheCopyByName) {
    test::expect_bad_values_stop(client_, types_);
}
TEST_P(PostgresqlValues, WordsAreThoseOfTheMap) {
    test::expect_maps(client_, types_);
}
// PostgreSQL 16 and later say themselves what JSON is; 15 does so by regular expressions.
TEST_P(PostgresqlValues, JsonInTextIsThatOfTheReference) {
    const bool old = client_.version() < 160000;
    test::expect_json(client_, types_, {old ? 31 : json_depth_max, true, false, old ? 4 : 5, false}, false);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlValues);
INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlValues, testing::ValuesIn(conversion_servers()),
                         [](const auto& server) { return server.param.name; });

} // namespace
} // namespace turntable::postgresql
