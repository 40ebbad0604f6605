// Dates, moments, UUIDs, words and JSON in SQLite against the reference in C++.
#include <gtest/gtest.h>

#include "conversion_client.hpp"
#include "support/values_suite.hpp"

namespace turntable::sqlite {
namespace {

class SqliteValues : public testing::Test {
  protected:
    ConversionClient client_;
    test::ValueTypes types_{"TEXT", "INTEGER", -62135596800};
};

TEST_F(SqliteValues, DatesInTextAreThoseOfTheReference) {
    test::expect_dates(client_, types_);
}
TEST_F(SqliteValues, EpochsAreThoseOfTheReferenceThereAndBack) {
    test::expect_moments(client_, types_);
}
TEST_F(SqliteValues, UuidsInTextAreThoseOfTheReference) {
    test::expect_uuids(client_, types_);
}
TEST_F(SqliteValues, BadValuesStopTheCopyByName) {
    test::expect_bad_values_stop(client_, types_);
}
TEST_F(SqliteValues, WordsAreThoseOfTheMap) {
    test::expect_maps(client_, types_);
}
TEST_F(SqliteValues, JsonInTextIsThatOfTheReference) {
    test::expect_json(client_, types_, JsonDialect{}, true);
}

} // namespace
} // namespace turntable::sqlite
