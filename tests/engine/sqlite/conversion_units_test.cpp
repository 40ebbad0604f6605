// Money conversions in SQLite against the reference in C++: the same class and the same integer for every
// storage class, value and rounding.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conversion_client.hpp"

namespace turntable::sqlite {
namespace {

class SqliteUnits : public testing::Test {
  protected:
    ConversionClient client_;
};

TEST_F(SqliteUnits, RealsGiveTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::double_case("REAL", test::hard_doubles(test::deep(20'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
    for (const int scale : {0, 1, 3, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_even);
    }
}

TEST_F(SqliteUnits, TextGivesTheIntegerOfTheReferenceForEveryRounding) {
    const auto values = test::decimal_case("TEXT", test::hard_decimals(test::deep(5'000)));
    client_.load(values.type, values.texts);
    for (const Rounding rounding : test::all_roundings()) {
        test::expect_reference(client_, values, 2, rounding);
    }
}

TEST_F(SqliteUnits, IntegersAreScaledOrOutOfRange) {
    const auto values = test::decimal_case(
        "INTEGER", {"0", "1", "-1", "92233720368547758", "92233720368547759", "-92233720368547758",
                    "-92233720368547759", "9223372036854775807", "-9223372036854775808"});
    client_.load(values.type, values.texts);
    for (const int scale : {0, 2, 9}) {
        test::expect_reference(client_, values, scale, Rounding::half_up);
    }
}

TEST_F(SqliteUnits, SpoiltNumbersInTextAreThoseOfTheReference) {
    test::expect_numbers_in_text(client_, "TEXT");
}

TEST_F(SqliteUnits, MalformedTextIsRejectedAndNeverThrown) {
    test::expect_rejected(client_, "TEXT", test::malformed_numbers());
    client_.load("BLOB", {});
    (void)client_.rows("INSERT INTO conv_values VALUES (1, x'3132'), (2, CAST(x'310032' AS TEXT))");
    const ConversionPlan plan = client_.compile(test::units_asked(2, Rounding::up), "BLOB");
    EXPECT_EQ(client_.rows("SELECT count(*) FROM conv_values WHERE " + plan.is_rejected)[0][0], "2");
}

TEST_F(SqliteUnits, OneColumnMayHoldEveryStorageClass) {
    client_.load("NUMERIC", {});
    (void)client_.rows(
        "INSERT INTO conv_values VALUES (1, 17), (2, 17.08), (3, 'x'), (4, NULL), (5, 9e999), (6, '5.5')");
    const ConversionPlan plan = client_.compile(test::units_asked(2, Rounding::up), "NUMERIC");
    const auto rows = client_.rows(fmt::format("SELECT {}, {}, {} FROM conv_values ORDER BY id",
                                               plan.forward_sql, plan.is_rejected, plan.is_not_finite));
    EXPECT_EQ(rows[0][0], "1700");
    EXPECT_EQ(rows[1][0], "1708");
    EXPECT_FALSE(rows[2][0]);
    EXPECT_EQ(rows[2][1], "1");
    EXPECT_FALSE(rows[3][0]);
    EXPECT_EQ(rows[3][1], "0");
    EXPECT_FALSE(rows[4][0]);
    EXPECT_EQ(rows[4][2], "1");
    EXPECT_EQ(rows[5][0], "550");
}

TEST_F(SqliteUnits, WhatAPolicyDoesNotAcceptFailsWithTheValue) {
    Conversion strict;
    strict.column = test::UnitsClient::column();
    strict.rule = "cents";
    test::expect_refused(client_, strict, "REAL", "1.005", "too precise");
    EXPECT_EQ(client_.last_code(), SQLITE_CONSTRAINT);
    test::expect_refused(client_, strict, "REAL", "1.0e+30", "out of the range");
    test::expect_refused(client_, strict, "REAL", "Inf", "not finite");
    test::expect_refused(client_, strict, "TEXT", "NaN", "not a number");
    test::expect_refused(client_, strict, "INTEGER", "9223372036854775807", "out of the range");
    strict.round = Rounding::exact_only;
    test::expect_refused(client_, strict, "REAL", "-0.001", "too precise");
    strict.round = Rounding::half_up; // named, and still not accepted: inexact is fail
    test::expect_refused(client_, strict, "REAL", "1.005", "too precise");
}

TEST_F(SqliteUnits, TheWayBackGivesTheSameBitsForEveryExactRow) {
    for (const int scale : {0, 2, 5}) {
        test::expect_way_back(client_, test::double_case("REAL", test::hard_doubles(test::deep(20'000))),
                              scale, "typeof(was) = typeof(back) AND was IS back");
    }
}

TEST_F(SqliteUnits, TheWayBackRefusesWhatTheOldTypeCannotHold) {
    const auto back = [&](const std::string& type, const std::string& units) {
        const ConversionPlan compiled = client_.compile(test::units_asked(2, Rounding::half_even), type);
        return client_.rows(
            fmt::format("SELECT {} FROM (SELECT {} AS units)", *compiled.inverse_sql, units))[0][0];
    };
    EXPECT_EQ(back("REAL", "1708"), "17.08");
    EXPECT_EQ(back("TEXT", "1700"), "17.00");
    EXPECT_EQ(back("INTEGER", "-1700"), "-17");
    EXPECT_EQ(back("INTEGER", "1708"), "17.08"); // its columns hold reals, too
    EXPECT_FALSE(back("REAL", "null"));
    EXPECT_THROW((void)back("REAL", "9007199254740993"), std::runtime_error);
    EXPECT_THROW((void)back("REAL", "17.5"), std::runtime_error);
}

TEST_F(SqliteUnits, SumsAreConservedToTheLastDigit) {
    test::expect_conserved(client_, test::double_case("REAL", test::hard_doubles(test::deep(5'000))),
                           Rounding::half_even);
    test::expect_conserved(client_, test::decimal_case("TEXT", test::hard_decimals(test::deep(3'000))),
                           Rounding::up);
    test::expect_conserved(client_, test::double_case("REAL", {1.25, 2.5}), Rounding::up);
    test::expect_conserved(client_, test::double_case("REAL", {1.255}), Rounding::up);
    client_.load("REAL", {});
    const ConversionPlan plan = client_.compile(test::units_asked(2, Rounding::up), "REAL");
    EXPECT_FALSE(client_.rows("SELECT " + plan.sum_source_sql + " FROM conv_values")[0][0]);
}

TEST_F(SqliteUnits, DecimalsAreRoundedOnceAndClassed) {
    for (const auto& values : {test::double_case("REAL", (test::hard_doubles(test::deep(5'000)))),
                               test::decimal_case("TEXT", test::hard_decimals(test::deep(3'000)))}) {
        client_.load(values.type, values.texts);
        for (const auto& [precision, places] : {std::pair{12, 2}, {15, 0}, {9, 9}}) {
            test::expect_decimal(client_, values, precision, places, Rounding::half_even);
            test::expect_decimal(client_, values, precision, places, Rounding::floor);
        }
    }
}

TEST_F(SqliteUnits, IntegersAreNarrowedOrClassed) {
    for (const auto& values : {test::double_case("REAL", (test::hard_doubles(test::deep(5'000)))),
                               test::decimal_case("TEXT", test::hard_decimals(test::deep(3'000)))}) {
        client_.load(values.type, values.texts);
        test::expect_integer(client_, values, Rounding::half_up, "int64", INT64_MAX);
        test::expect_integer(client_, values, Rounding::exact_only, "int32", INT32_MAX);
        test::expect_integer(client_, values, Rounding::half_even, "int16", INT16_MAX);
    }
    const auto integers =
        test::decimal_case("INTEGER", {"0", "-32768", "32768", "2147483647", "-2147483649"});
    client_.load(integers.type, integers.texts);
    test::expect_integer(client_, integers, Rounding::exact_only, "int16", INT16_MAX);
    test::expect_integer(client_, integers, Rounding::exact_only, "int32", INT32_MAX);
}

TEST_F(SqliteUnits, MinorUnitsBecomeDecimalsAgain) {
    test::expect_major_units(client_, "INTEGER");
}

} // namespace
} // namespace turntable::sqlite
