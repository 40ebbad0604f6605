// Money conversions in SQLite against the reference in C++: the same class and the same integer for every
// storage class, value and rounding.
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "conversion_sql.hpp"
#include "support/units_suite.hpp"

namespace turntable::sqlite {
namespace {

class ConversionClient final : public test::UnitsClient {
  public:
    ConversionClient() {
        sqlite3* opened = nullptr;
        EXPECT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
        connection_.reset(opened);
        register_functions(opened);
    }

    // SQLite's own reading of decimal text is not exact in the last bit, so reals are bound by their bits.
    void load(const std::string& type, const std::vector<std::string>& texts) override {
        (void)rows("DROP TABLE IF EXISTS conv_values");
        (void)rows("DROP TABLE IF EXISTS conv_units");
        (void)rows("CREATE TABLE conv_units (units INTEGER)");
        (void)rows(
            fmt::format("CREATE TABLE conv_values (id INTEGER PRIMARY KEY, {} {})", quoted_column(), type));
        sqlite3_stmt* insert = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(connection_.get(), "INSERT INTO conv_values VALUES (?, ?)", -1, &insert,
                                     nullptr),
                  SQLITE_OK);
        (void)rows("BEGIN");
        for (std::size_t i = 0; i < texts.size(); ++i) {
            sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i));
            if (type == "REAL") {
                sqlite3_bind_double(insert, 2, std::strtod(texts[i].c_str(), nullptr));
            } else {
                sqlite3_bind_text(insert, 2, texts[i].data(), static_cast<int>(texts[i].size()),
                                  SQLITE_TRANSIENT);
            }
            EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
        (void)rows("COMMIT");
        sqlite3_finalize(insert);
    }

    std::vector<std::vector<Cell>> rows(const std::string& sql) override {
        std::vector<std::vector<Cell>> out;
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            throw std::runtime_error{sqlite3_errmsg(connection_.get())};
        }
        int code = SQLITE_DONE;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            auto& cells = out.emplace_back();
            for (int column = 0; column < sqlite3_column_count(statement); ++column) {
                const auto* const text =
                    reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
                cells.push_back(text == nullptr ? Cell{} : Cell{text});
            }
        }
        const std::string message = sqlite3_errmsg(connection_.get());
        sqlite3_finalize(statement);
        if (code != SQLITE_DONE) {
            last_code_ = code;
            throw std::runtime_error{message};
        }
        return out;
    }

    [[nodiscard]] ConversionPlan compile(const Conversion& asked, const std::string& type) override {
        return compile_conversion(asked, {asked.column, type, true});
    }
    [[nodiscard]] std::string as_text(const std::string& expression) const override {
        return "CAST(" + expression + " AS TEXT)";
    }
    [[nodiscard]] std::string quoted_column() const override { return "\"Am\"\"ou`nt\""; }
    [[nodiscard]] int last_code() const { return last_code_; }

  private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    };
    std::unique_ptr<sqlite3, Close> connection_;
    int last_code_ = SQLITE_OK;
};

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
