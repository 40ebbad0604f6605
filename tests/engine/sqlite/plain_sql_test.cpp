// The form of the conversions that triggers of keep=yes use, in SQL that every SQLite has, against the
// reference in C++: below 10^14 units the same integer for every value and rounding, above it none.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conversion_client.hpp"
#include "plain_sql.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/decimal.hpp"

namespace turntable::sqlite {
namespace {

class PlainSqlTest : public testing::Test {
  protected:
    static PlainConversion plain(int scale, Rounding rounding) {
        Conversion asked;
        asked.column = "amount";
        asked.rule = "minor_units";
        asked.scale = scale;
        asked.into = "units";
        asked.round = rounding;
        asked.inexact = rounding == Rounding::exact_only ? InexactPolicy::fail : InexactPolicy::accept;
        return *plain_conversion(compile_conversion(asked, {"amount", "REAL", true}));
    }
    ConversionClient client_;
};

std::optional<std::int64_t> expected(double value, int scale, Rounding rounding) {
    if (!(std::abs(value) < std::pow(10.0, 14 - scale))) {
        return std::nullopt;
    }
    const MinorUnits units = minor_units(value, scale, rounding);
    const auto* const whole = std::get_if<std::int64_t>(&units);
    return whole == nullptr ? std::nullopt : std::optional{*whole};
}

TEST_F(PlainSqlTest, GivesTheIntegerOfTheReferenceForEveryRounding) {
    auto texts = test::double_case("REAL", test::hard_doubles(test::deep(8'000))).texts;
    for (int i = -1000; i <= 1000;
         ++i) { // every half cent, its neighbours, and what sums of floats make of it
        for (const double x : {i / 200.0, std::nextafter(i / 200.0, 1e9), std::nextafter(i / 200.0, -1e9),
                               i / 200.0 + 0.1 + 0.2, 999999999999.0 + i / 200.0}) {
            texts.push_back(fmt::format("{:.17g}", x));
        }
    }
    client_.load("REAL", texts);
    for (const int scale : {0, 2, 9}) {
        for (const Rounding rounding : test::all_roundings()) {
            const auto found =
                client_.rows(fmt::format("SELECT {} FROM conv_values ORDER BY id",
                                         plain(scale, rounding).forward.of(client_.quoted_column())));
            ASSERT_EQ(found.size(), texts.size());
            int taken = 0;
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto wanted = expected(std::strtod(texts[i].c_str(), nullptr), scale, rounding);
                taken += wanted ? 1 : 0;
                ASSERT_EQ(found[i].front(), wanted ? Cell{std::to_string(*wanted)} : Cell{})
                    << texts[i] << " scale " << scale << " " << to_string(rounding);
            }
            EXPECT_GT(taken, 100);
        }
    }
}

TEST_F(PlainSqlTest, ComesBackAsTheSameFloat) {
    for (const std::int64_t units : {0LL, 1LL, -1LL, 1708LL, 99'999'999'999'999LL, -12'345'678'901'234LL}) {
        const PlainConversion both = plain(2, Rounding::exact_only);
        const std::string back = both.inverse.of(std::to_string(units));
        EXPECT_EQ(client_.rows("SELECT " + both.forward.of(back)).at(0).at(0), std::to_string(units));
    }
    EXPECT_EQ(
        client_.rows("SELECT " + plain(2, Rounding::exact_only).inverse.of("9007199254740993")).at(0).at(0),
        Cell{})
        << "no double holds it";
}

TEST_F(PlainSqlTest, TakesNeitherTextNorWhatIsNotFinite) {
    const PlainSql forward = plain(2, Rounding::half_even).forward;
    for (const char* const value : {"NULL", "'17.08'", "x'00'", "9e999", "-9e999", "1e14"}) {
        EXPECT_EQ(client_.rows("SELECT " + forward.of(value)).at(0).at(0), Cell{}) << value;
    }
    EXPECT_EQ(client_.rows("SELECT " + forward.of("17")).at(0).at(0), Cell{"1700"});
}

} // namespace
} // namespace turntable::sqlite
