// Money conversions on real servers against the reference in C++: the same class and the same integer for
// every value and every rounding.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "conversion_client.hpp"

namespace turntable::mysql {
namespace {

class MysqlUnits : public testing::TestWithParam<test::Server> {
  protected:
    ConversionClient client_{GetParam()};
};

// DECIMAL has 30 places, so sums of values below 10^-13 are not exact here (conversion_units.cpp).
template <typename Float>
std::vector<Float> without_tiny(std::vector<Float> values) {
    std::erase_if(values,
                  [](Float value) { return value != 0 && std::abs(static_cast<double>(value)) < 1.1e-13; });
    return values;
}

TEST_P(MysqlUnits, DoublesGiveTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::double_case("double", test::hard_doubles(test::deep(20'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
    for (const int scale : {0, 1, 3, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_even);
    }
}

TEST_P(MysqlUnits, FloatsGiveTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::float_case("float", test::hard_floats(test::deep(20'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
    for (const int scale : {0, 1, 3, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_up);
    }
}

TEST_P(MysqlUnits, NarrowerTargetsClassWhatDoesNotFit) {
    for (const auto& values : {test::double_case("double", test::hard_doubles(test::deep(5'000))),
                               test::float_case("float", test::hard_floats(test::deep(5'000)))}) {
        client_.load(values.type, values.texts);
        for (const int scale : {0, 2, 4}) {
            test::expect_reference(client_, values, scale, Rounding::half_even, "int32", INT32_MAX);
            test::expect_reference(client_, values, scale, Rounding::up, "int16", INT16_MAX);
        }
    }
}

TEST_P(MysqlUnits, DecimalAndTextGiveTheIntegerOfTheReferenceForEveryRounding) {
    for (const char* const type : {"decimal(50,12)", "decimal(65,30)", "text", "varchar(60)", "char(60)"}) {
        const auto values = test::decimal_case(type, test::hard_decimals(test::deep(3'000)));
        client_.load(values.type, values.texts);
        for (const Rounding rounding : test::all_roundings()) {
            test::expect_reference(client_, values, 2, rounding);
        }
        test::expect_reference(client_, values, 9, Rounding::half_even);
    }
}

TEST_P(MysqlUnits, IntegersAreScaledOrOutOfRange) {
    for (const auto& [type, limit] : {std::pair{"smallint", std::int64_t{INT16_MAX}},
                                      {"int", std::int64_t{INT32_MAX}},
                                      {"bigint", std::int64_t{INT64_MAX}}}) {
        std::vector<std::string> texts;
        for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, limit,
                                         -limit - 1, limit / 100, limit / 100 + 1, -(limit / 100) - 1}) {
            texts.push_back(std::to_string(value));
        }
        const auto values = test::decimal_case(type, texts);
        client_.load(values.type, values.texts);
        for (const int scale : {0, 2, 9}) {
            test::expect_reference(client_, values, scale, Rounding::half_up);
        }
    }
    const auto values =
        test::decimal_case("bigint unsigned", {"0", "18446744073709551615", "9223372036854775808",
                                               "92233720368547758", "92233720368547759"});
    client_.load(values.type, values.texts);
    test::expect_reference(client_, values, 2, Rounding::half_up);
}

TEST_P(MysqlUnits, SpoiltNumbersInTextAreThoseOfTheReference) {
    test::expect_numbers_in_text(client_, "text");
}

TEST_P(MysqlUnits, MalformedTextIsRejectedAndNeverThrown) {
    test::expect_rejected(client_, "text", test::malformed_numbers());
}

TEST_P(MysqlUnits, WhatAPolicyDoesNotAcceptFailsWithColumnAndValue) {
    Conversion strict;
    strict.column = test::UnitsClient::column();
    strict.rule = "cents";
    for (const char* const type : {"double", "float", "decimal(40,10)", "text"}) {
        test::expect_refused(client_, strict, type, "1.005", "below the minor unit");
    }
    for (const char* const type : {"decimal(40,10)", "text"}) {
        test::expect_refused(client_, strict, type, "92233720368547758.08", "out of the range");
    }
    test::expect_refused(client_, strict, "double", "1e22", "out of the range");
    test::expect_refused(client_, strict, "float", "1e30", "out of the range");
    test::expect_refused(client_, strict, "text", "NaN", "not a number");
    test::expect_refused(client_, strict, "bigint", "9223372036854775807", "out of the range");
    strict.round = Rounding::exact_only;
    test::expect_refused(client_, strict, "double", "-0.001", "below the minor unit");
    strict.round = Rounding::half_up; // named, and still not accepted: inexact is fail
    test::expect_refused(client_, strict, "double", "1.005", "below the minor unit");
}

TEST_P(MysqlUnits, TheWayBackGivesTheSameValueForEveryExactRow) {
    for (const int scale : {0, 2, 5}) {
        test::expect_way_back(client_, test::double_case("double", test::hard_doubles(test::deep(5'000))),
                              scale, "was <=> back");
        test::expect_way_back(client_, test::float_case("float", test::hard_floats(test::deep(5'000))), scale,
                              "was <=> back");
    }
    test::expect_way_back(client_,
                          test::decimal_case("decimal(50,12)", test::hard_decimals(test::deep(3'000))), 2,
                          "was <=> back");
}

TEST_P(MysqlUnits, TheWayBackRefusesWhatTheOldTypeCannotHold) {
    const auto back = [&](const std::string& type, const std::string& units) {
        client_.load(type, {});
        const ConversionPlan compiled = client_.compile(test::units_asked(2, Rounding::half_even), type);
        (void)client_.rows("INSERT INTO conv_units VALUES (" + units + ")");
        (void)client_.rows("INSERT INTO conv_values SELECT 1, " + *compiled.inverse_sql + " FROM conv_units");
        return client_.rows("SELECT " + client_.quoted_column() + " FROM conv_values")[0][0];
    };
    EXPECT_EQ(back("float", "1708"), "17.08");
    EXPECT_EQ(back("text", "1700"), "17.00");
    EXPECT_EQ(back("int", "-1700"), "-17");
    EXPECT_FALSE(back("float", "null"));
    EXPECT_THROW((void)back("float", "1234567891"), sql::SQLException);
    EXPECT_THROW((void)back("double", "9007199254740993"), sql::SQLException);
    EXPECT_THROW((void)back("int", "1708"), sql::SQLException);
    EXPECT_THROW((void)back("smallint", "9999900"), sql::SQLException);
    EXPECT_THROW((void)back("decimal(10,1)", "1708"), sql::SQLException);
    EXPECT_THROW((void)back("decimal(4,2)", "1234567"), sql::SQLException);
    EXPECT_THROW((void)back("varchar(4)", "123456"), sql::SQLException);
}

TEST_P(MysqlUnits, SumsAreConservedToTheLastDigit) {
    test::expect_conserved(client_,
                           test::double_case("double", without_tiny(test::hard_doubles(test::deep(5'000)))),
                           Rounding::half_even);
    test::expect_conserved(client_,
                           test::float_case("float", without_tiny(test::hard_floats(test::deep(5'000)))),
                           Rounding::ceiling);
    test::expect_conserved(client_,
                           test::decimal_case("decimal(50,12)", test::hard_decimals(test::deep(3'000))),
                           Rounding::half_down);
    test::expect_conserved(client_, test::decimal_case("text", test::hard_decimals(test::deep(3'000))),
                           Rounding::up);
    test::expect_conserved(client_, test::double_case("double", {1.25, 2.5}), Rounding::up);
    test::expect_conserved(client_, test::double_case("double", {1.255}), Rounding::up);
}

TEST_P(MysqlUnits, DecimalsAreRoundedOnceAndClassed) {
    for (const auto& values :
         {test::double_case("double", without_tiny(test::hard_doubles(test::deep(5'000)))),
          test::float_case("float", without_tiny(test::hard_floats(test::deep(5'000)))),
          test::decimal_case("decimal(50,12)", test::hard_decimals(test::deep(3'000))),
          test::decimal_case("text", test::hard_decimals(test::deep(3'000)))}) {
        client_.load(values.type, values.texts);
        for (const auto& [precision, places] : {std::pair{12, 2}, {17, 0}, {30, 9}, {9, 9}}) {
            test::expect_decimal(client_, values, precision, places, Rounding::half_even);
            test::expect_decimal(client_, values, precision, places, Rounding::floor);
        }
    }
}

TEST_P(MysqlUnits, IntegersAreNarrowedOrClassed) {
    for (const auto& values :
         {test::double_case("double", without_tiny(test::hard_doubles(test::deep(5'000)))),
          test::float_case("float", without_tiny(test::hard_floats(test::deep(5'000)))),
          test::decimal_case("decimal(50,12)", test::hard_decimals(test::deep(3'000))),
          test::decimal_case("text", test::hard_decimals(test::deep(3'000)))}) {
        client_.load(values.type, values.texts);
        test::expect_integer(client_, values, Rounding::half_up, "int64", INT64_MAX);
        test::expect_integer(client_, values, Rounding::exact_only, "int32", INT32_MAX);
        test::expect_integer(client_, values, Rounding::half_even, "int16", INT16_MAX);
    }
    const auto integers = test::decimal_case("bigint", {"0", "-32768", "32768", "2147483647", "-2147483649"});
    client_.load(integers.type, integers.texts);
    test::expect_integer(client_, integers, Rounding::exact_only, "int16", INT16_MAX);
    test::expect_integer(client_, integers, Rounding::exact_only, "int32", INT32_MAX);
}

TEST_P(MysqlUnits, MinorUnitsBecomeDecimalsAgain) {
    test::expect_major_units(client_, "bigint");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MysqlUnits);
INSTANTIATE_TEST_SUITE_P(Servers, MysqlUnits, testing::ValuesIn(conversion_servers()),
                         [](const auto& given) { return given.param.name; });

} // namespace
} // namespace turntable::mysql
