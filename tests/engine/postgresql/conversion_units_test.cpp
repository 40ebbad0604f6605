// Money conversions on a real server against the reference in C++: the same class and the same integer for
// every value and every rounding.
#include <gtest/gtest.h>

#include "conversion_client.hpp"

namespace turntable::postgresql {
namespace {

class PostgresqlUnits : public testing::TestWithParam<test::Server> {
  protected:
    ConversionClient client_{GetParam().url};
};

TEST_P(PostgresqlUnits, DoublesGiveTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::double_case("double precision", test::hard_doubles(test::deep(20'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
    for (const int scale : {0, 1, 3, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_even);
    }
}

TEST_P(PostgresqlUnits, FourByteFloatsGiveTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::float_case("real", test::hard_floats(test::deep(20'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
    for (const int scale : {0, 1, 3, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_up);
    }
}

TEST_P(PostgresqlUnits, NarrowerTargetsClassWhatDoesNotFit) {
    for (const auto& values : {test::double_case("double precision", test::hard_doubles(test::deep(5'000))),
                               test::float_case("real", test::hard_floats(test::deep(5'000)))}) {
        client_.load(values.type, values.texts);
        for (const int scale : {0, 2, 4}) {
            test::expect_reference(client_, values, scale, Rounding::half_even, "int32", INT32_MAX);
            test::expect_reference(client_, values, scale, Rounding::up, "int16", INT16_MAX);
        }
    }
}

TEST_P(PostgresqlUnits, NumericAndTextGiveTheIntegerOfTheReferenceForEveryRounding) {
    for (const char* const type :
         {"numeric", "numeric(50,12)", "text", "character varying(60)", "character(60)"}) {
        const auto values = test::decimal_case(type, test::hard_decimals(test::deep(3'000)));
        client_.load(values.type, values.texts);
        for (const Rounding rounding : test::all_roundings()) {
            test::expect_reference(client_, values, 2, rounding);
        }
    }
}

TEST_P(PostgresqlUnits, IntegersAreScaledOrOutOfRange) {
    for (const auto& [type, limit] : {std::pair{"smallint", std::int64_t{INT16_MAX}},
                                      {"integer", std::int64_t{INT32_MAX}},
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
}

TEST_P(PostgresqlUnits, SpoiltNumbersInTextAreThoseOfTheReference) {
    test::expect_numbers_in_text(client_, "text");
}

TEST_P(PostgresqlUnits, MalformedTextIsRejectedAndNeverThrown) {
    test::expect_rejected(client_, "text", test::malformed_numbers());
}

TEST_P(PostgresqlUnits, NullNanAndInfinityHaveTheirClasses) {
    for (const std::string type : {"double precision", "real", "numeric"}) {
        std::vector<std::string> values{"NaN"};
        if (client_.version() >= 140000 || type != "numeric") {
            values.insert(values.end(), {"Infinity", "-Infinity"});
        }
        client_.load(type, values);
        (void)client_.rows("INSERT INTO conv_values VALUES (9, NULL)");
        const ConversionPlan plan = client_.compile(test::units_asked(2, Rounding::up), type);
        const auto rows = client_.rows(
            fmt::format("SELECT {}, {}, {}, {}, id = 9 FROM conv_values ORDER BY id", plan.is_not_finite,
                        plan.is_rounded, plan.is_out_of_range, plan.forward_sql));
        for (const auto& row : rows) {
            const bool is_null = row[4] == "t";
            EXPECT_EQ(row[0], is_null ? "f" : "t") << type;
            EXPECT_EQ(row[1], "f");
            EXPECT_EQ(row[2], "f");
            EXPECT_FALSE(row[3]);
        }
    }
}

TEST_P(PostgresqlUnits, WhatAPolicyDoesNotAcceptFailsWithColumnAndValue) {
    Conversion strict;
    strict.column = test::UnitsClient::column();
    strict.rule = "cents";
    for (const char* const type : {"double precision", "real", "numeric", "text"}) {
        test::expect_refused(client_, strict, type, "1.005", "below the minor unit");
        const bool is_binary =
            std::string_view{type} == "real" || std::string_view{type} == "double precision";
        test::expect_refused(client_, strict, type, is_binary ? "1e+30" : "92233720368547758.08",
                             "out of the range");
    }
    test::expect_refused(client_, strict, "double precision", "NaN", "not finite");
    test::expect_refused(client_, strict, "real", "-Infinity", "not finite");
    test::expect_refused(client_, strict, "numeric", "NaN", "not finite");
    test::expect_refused(client_, strict, "text", "NaN", "not a number");
    test::expect_refused(client_, strict, "bigint", "9223372036854775807", "out of the range");
    strict.round = Rounding::exact_only;
    test::expect_refused(client_, strict, "double precision", "-0.001", "below the minor unit");
    strict.round = Rounding::half_up; // named, and still not accepted: inexact is fail
    test::expect_refused(client_, strict, "double precision", "1.005", "below the minor unit");
}

TEST_P(PostgresqlUnits, TheWayBackGivesTheSameBitsForEveryExactRow) {
    const char* const same = "was IS NOT DISTINCT FROM back";
    for (const int scale : {0, 2, 5}) {
        test::expect_way_back(client_,
                              test::double_case("double precision", test::hard_doubles(test::deep(5'000))),
                              scale, same);
        test::expect_way_back(client_, test::float_case("real", test::hard_floats(test::deep(5'000))), scale,
                              same);
    }
    test::expect_way_back(
        client_, test::decimal_case("numeric(50,12)", test::hard_decimals(test::deep(3'000))), 2, same);
}

TEST_P(PostgresqlUnits, TheWayBackRefusesWhatTheOldTypeCannotHold) {
    const auto back = [&](const std::string& type, const std::string& units) {
        const ConversionPlan compiled = client_.compile(test::units_asked(2, Rounding::half_even), type);
        return client_.rows(
            fmt::format("SELECT {} FROM (SELECT {}::bigint AS units) a", *compiled.inverse_sql, units))[0][0];
    };
    EXPECT_EQ(back("real", "1708"), "17.08");
    EXPECT_EQ(back("text", "1700"), "17.00");
    EXPECT_EQ(back("integer", "-1700"), "-17");
    EXPECT_FALSE(back("real", "null"));
    EXPECT_THROW((void)back("real", "1234567891"), pqxx::sql_error);
    EXPECT_THROW((void)back("double precision", "9007199254740993"), pqxx::sql_error);
    EXPECT_THROW((void)back("integer", "1708"), pqxx::sql_error);
    EXPECT_THROW((void)back("smallint", "9999900"), pqxx::sql_error);
    EXPECT_THROW((void)back("numeric(10,1)", "1708"), pqxx::sql_error);
    EXPECT_THROW((void)back("character varying(4)", "123456"), pqxx::sql_error);
}

TEST_P(PostgresqlUnits, SumsAreConservedToTheLastDigit) {
    test::expect_conserved(client_,
                           test::double_case("double precision", test::hard_doubles(test::deep(5'000))),
                           Rounding::half_even);
    test::expect_conserved(client_, test::float_case("real", test::hard_floats(test::deep(5'000))),
                           Rounding::ceiling);
    test::expect_conserved(client_, test::decimal_case("numeric", test::hard_decimals(test::deep(3'000))),
                           Rounding::half_down);
    test::expect_conserved(client_, test::decimal_case("text", test::hard_decimals(test::deep(3'000))),
                           Rounding::up);
    test::expect_conserved(client_, test::double_case("double precision", {1.25, 2.5}), Rounding::up);
    test::expect_conserved(client_, test::double_case("double precision", {1.255}), Rounding::up);
}

TEST_P(PostgresqlUnits, AnEmptySetOfRowsHasNoSums) {
    client_.load("double precision", {"NaN"});
    const ConversionPlan plan = client_.compile(test::units_asked(2, Rounding::up), "double precision");
    for (const std::string& sum : {plan.sum_source_sql, plan.sum_error_sql, plan.largest_error_sql}) {
        EXPECT_FALSE(client_.rows("SELECT " + sum + " FROM conv_values")[0][0]);
    }
}

TEST_P(PostgresqlUnits, DecimalsAreRoundedOnceAndClassed) {
    for (const auto& values : {test::double_case("double precision", (test::hard_doubles(test::deep(5'000)))),
                               test::float_case("real", (test::hard_floats(test::deep(5'000)))),
                               test::decimal_case("numeric(50,12)", test::hard_decimals(test::deep(3'000))),
                               test::decimal_case("text", test::hard_decimals(test::deep(3'000)))}) {
        client_.load(values.type, values.texts);
        for (const auto& [precision, places] : {std::pair{12, 2}, {17, 0}, {30, 9}, {9, 9}}) {
            test::expect_decimal(client_, values, precision, places, Rounding::half_even);
            test::expect_decimal(client_, values, precision, places, Rounding::floor);
        }
    }
}

TEST_P(PostgresqlUnits, IntegersAreNarrowedOrClassed) {
    for (const auto& values : {test::double_case("double precision", (test::hard_doubles(test::deep(5'000)))),
                               test::float_case("real", (test::hard_floats(test::deep(5'000)))),
                               test::decimal_case("numeric(50,12)", test::hard_decimals(test::deep(3'000))),
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

TEST_P(PostgresqlUnits, MinorUnitsBecomeDecimalsAgain) {
    test::expect_major_units(client_, "bigint");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlUnits);
INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlUnits, testing::ValuesIn(conversion_servers()),
                         [](const auto& given) { return given.param.name; });

} // namespace
} // namespace turntable::postgresql
