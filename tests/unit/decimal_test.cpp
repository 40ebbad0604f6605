#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "support/conversion_values.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/decimal.hpp"

namespace turntable {
namespace {

Decimal decimal(const std::string& text) {
    return Decimal::parse(text).value();
}

__extension__ using Wide = __int128;

std::string wide_text(Wide value) {
    if (value < 0) {
        return "-" + wide_text(-value);
    }
    const std::string last(1, static_cast<char>('0' + static_cast<int>(value % 10)));
    return value < 10 ? last : wide_text(value / 10) + last;
}

TEST(Decimal, KeepsEveryDigit) {
    EXPECT_EQ(decimal("123456789012345678901234567890.123456789").to_string(),
              "123456789012345678901234567890.123456789");
    EXPECT_EQ(decimal("-0.00").to_string(), "0");
    EXPECT_EQ(decimal("1e3").to_string(), "1000");
    EXPECT_EQ(decimal("1.50E-3").to_string(), "0.0015");
    EXPECT_EQ(decimal("+.5").to_string(), "0.5");
    EXPECT_EQ(decimal("5.").to_string(), "5");
    EXPECT_EQ(decimal("17.1").to_string(4), "17.1000");
    EXPECT_EQ(decimal("-0.05").to_string(2), "-0.05");
}

TEST(Decimal, RefusesEveryOtherText) {
    for (const char* const text : {"", "-", ".", "e1", "1e", "1e+", "1e++1", "1e10000", "NaN", "Infinity",
                                   " 1", "1 ", "1,5", "0x1", "1.2.3", "--1"}) {
        EXPECT_FALSE(Decimal::parse(text)) << text;
    }
}

TEST(Decimal, AddsSubtractsAndComparesAsIntegersDo) {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const auto a = static_cast<std::int64_t>(random()) >> (random() % 60);
        const auto b = static_cast<std::int64_t>(random()) >> (random() % 60);
        const int places = static_cast<int>(random() % 12);
        const Decimal x = Decimal{a}.scaled(-places);
        const Decimal y = Decimal{b}.scaled(-places);
        EXPECT_EQ((x + y).scaled(places).to_string(), wide_text(Wide{a} + b));
        EXPECT_EQ((x - y).scaled(places).to_string(), wide_text(Wide{a} - b));
        EXPECT_EQ(x <=> y, a <=> b);
        EXPECT_EQ(x.negated().scaled(places).to_string(), wide_text(-Wide{a}));
    }
    EXPECT_EQ((decimal("1e40") - decimal("1e-40")).to_string(),
              std::string(40, '9') + "." + std::string(40, '9'));
}

// An independent oracle: integer division of value × 1000 by 1000.
std::int64_t divided(std::int64_t thousandths, Rounding rounding) {
    const std::int64_t magnitude = std::abs(thousandths);
    const std::int64_t rest = magnitude % 1000;
    std::int64_t whole = magnitude / 1000;
    const bool negative = thousandths < 0;
    const bool away =
        (rounding == Rounding::half_even && (rest > 500 || (rest == 500 && whole % 2 == 1))) ||
        (rounding == Rounding::half_up && rest >= 500) || (rounding == Rounding::half_down && rest > 500) ||
        (rounding == Rounding::up && rest > 0) || (rounding == Rounding::ceiling && rest > 0 && !negative) ||
        (rounding == Rounding::floor && rest > 0 && negative);
    whole += away ? 1 : 0;
    return negative ? -whole : whole;
}

TEST(Decimal, RoundsByEveryMode) {
    for (const Rounding rounding : test::all_roundings()) {
        for (std::int64_t thousandths = -6000; thousandths <= 6000; ++thousandths) {
            const auto rounded = Decimal{thousandths}.scaled(-3).rounded(rounding);
            if (rounding == Rounding::exact_only && thousandths % 1000 != 0) {
                EXPECT_FALSE(rounded);
            } else {
                ASSERT_TRUE(rounded);
                EXPECT_EQ(rounded->to_int64(), divided(thousandths, rounding))
                    << thousandths << to_string(rounding);
            }
        }
    }
    EXPECT_EQ(decimal("1e-300").rounded(Rounding::up)->to_string(), "1");
    EXPECT_EQ(decimal("0.05").rounded(Rounding::half_up)->to_string(), "0");
    EXPECT_EQ(decimal("99.5").rounded(Rounding::half_even)->to_string(), "100");
}

TEST(Decimal, KnowsTheLimitsOf64Bits) {
    EXPECT_EQ(decimal("9223372036854775807").to_int64(), INT64_MAX);
    EXPECT_EQ(decimal("-9223372036854775808").to_int64(), INT64_MIN);
    EXPECT_FALSE(decimal("9223372036854775808").to_int64());
    EXPECT_FALSE(decimal("-9223372036854775809").to_int64());
    EXPECT_FALSE(decimal("1e400").to_int64());
    EXPECT_FALSE(decimal("0.5").to_int64());
}

// Brute force: for each count of digits, the nearest decimal and its two neighbours; the first that reads
// back, and of several of one count the nearest by exact difference.
template <typename Float>
Decimal brute_shortest(Float value, Float (*read)(const char*, char**)) {
    char text[64];
    const auto exact = [&] {
        char digits[1200];
        (void)std::snprintf(digits, sizeof digits, "%.1080f", static_cast<double>(value));
        return decimal(digits);
    }();
    for (int digits = 1; digits <= 17; ++digits) {
        (void)std::snprintf(text, sizeof text, "%.*e", digits - 1, static_cast<double>(value));
        const Decimal near = decimal(text);
        const int exponent = std::atoi(std::strchr(text, 'e') + 1) - (digits - 1);
        std::optional<Decimal> best;
        for (const int step : {0, -1, 1}) {
            const Decimal candidate = near + Decimal{step}.scaled(exponent);
            const std::string plain = candidate.to_string();
            if (read(plain.c_str(), nullptr) == value &&
                (!best || (candidate - exact).absolute() < (*best - exact).absolute())) {
                best = candidate;
            }
        }
        if (best) {
            return *best;
        }
    }
    ADD_FAILURE() << "no decimal reads back";
    return {};
}

TEST(ShortestDecimal, IsWhatBruteForceFinds) {
    const auto doubles = test::hard_doubles(test::deep(12'000));
    for (std::size_t i = 0; i < doubles.size();
         i += std::abs(doubles[i]) < 1e-100 || std::abs(doubles[i]) > 1e100 ? 9 : 1) {
        EXPECT_EQ(shortest_decimal(doubles[i]), brute_shortest<double>(doubles[i], std::strtod))
            << doubles[i];
    }
    for (const float value : test::hard_floats(test::deep(8'000))) {
        EXPECT_EQ(shortest_decimal(value), brute_shortest<float>(value, std::strtof)) << value;
    }
}

MinorUnits units(std::int64_t value) {
    return value;
}

TEST(MinorUnits, AreThoseOfTheShortestDecimal) {
    EXPECT_EQ(minor_units(17.08, 2, Rounding::down), units(1708));
    EXPECT_EQ(minor_units(1.005, 2, Rounding::half_up), units(101));
    EXPECT_EQ(minor_units(1.005, 2, Rounding::half_even), units(100));
    EXPECT_EQ(minor_units(1.005F, 2, Rounding::half_up), units(101));
    EXPECT_EQ(minor_units(0.285, 2, Rounding::half_up), units(29));
    EXPECT_EQ(minor_units(0.125, 2, Rounding::half_even), units(12));
    EXPECT_EQ(minor_units(0.125, 2, Rounding::half_down), units(12));
    EXPECT_EQ(minor_units(-0.125, 2, Rounding::half_up), units(-13));
    EXPECT_EQ(minor_units(0.1 + 0.2, 2, Rounding::up), units(31));
    EXPECT_EQ(minor_units(0.1 + 0.2, 2, Rounding::exact_only), MinorUnits{Inexact{}});
    EXPECT_EQ(minor_units(123456.78F, 2, Rounding::exact_only), units(12345678));
    EXPECT_EQ(minor_units(131072.27F, 2, Rounding::exact_only), units(13107227));
    EXPECT_EQ(minor_units(-0.0, 2, Rounding::exact_only), units(0));
    EXPECT_EQ(minor_units(5e-324, 9, Rounding::ceiling), units(1));
    EXPECT_EQ(minor_units(-5e-324, 9, Rounding::ceiling), units(0));
}

TEST(MinorUnits, ClassWhatIsNoInteger) {
    EXPECT_EQ(minor_units(std::nan(""), 2, Rounding::up), MinorUnits{NotFinite{}});
    EXPECT_EQ(minor_units(-INFINITY, 2, Rounding::up), MinorUnits{NotFinite{}});
    EXPECT_EQ(minor_units(1e22, 2, Rounding::up), MinorUnits{OutOfRange{}});
    EXPECT_EQ(minor_units(92233720368547758.07, 2, Rounding::up), MinorUnits{OutOfRange{}}); // reads as …760
    EXPECT_EQ(minor_units(decimal("92233720368547758.07"), 2, Rounding::up), units(INT64_MAX));
    EXPECT_EQ(minor_units(decimal("92233720368547758.075"), 2, Rounding::down), units(INT64_MAX));
    EXPECT_EQ(minor_units(decimal("92233720368547758.075"), 2, Rounding::up), MinorUnits{OutOfRange{}});
    EXPECT_EQ(minor_units(decimal("-92233720368547758.08"), 2, Rounding::floor), units(INT64_MIN));
    EXPECT_EQ(minor_units(9007199254740993.0, 0, Rounding::exact_only), units(9007199254740992));
    EXPECT_EQ(minor_units(std::ldexp(1.0, 60), 0, Rounding::exact_only), units(1152921504606847000));
}

// The cheap exact test against the decimal way, which it must never contradict.
TEST(MinorUnits, OfFloatsEqualThoseOfTheirDecimals) {
    for (const int scale : {0, 1, 2, 3, 6, 9}) {
        for (const Rounding rounding : test::all_roundings()) {
            for (const double value : test::hard_doubles(test::deep(8'000))) {
                EXPECT_EQ(minor_units(value, scale, rounding),
                          minor_units(shortest_decimal(value), scale, rounding));
            }
            for (const float value : test::hard_floats(test::deep(8'000))) {
                EXPECT_EQ(minor_units(value, scale, rounding),
                          minor_units(shortest_decimal(value), scale, rounding));
            }
        }
    }
}

TEST(NumberInText, HasOneSyntax) {
    EXPECT_EQ(number_in_text(" \t-17.080\r\n").value(), decimal("-17.08"));
    EXPECT_EQ(number_in_text("+5.").value(), decimal("5"));
    EXPECT_EQ(number_in_text(".5").value(), decimal("0.5"));
    EXPECT_EQ(number_in_text(std::string(30, '9') + "." + std::string(30, '9')).value().places(), 30);
    for (const std::string& text : test::malformed_numbers()) {
        EXPECT_FALSE(number_in_text(text)) << text;
    }
}

} // namespace
} // namespace turntable
