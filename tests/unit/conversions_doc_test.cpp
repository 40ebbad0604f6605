// The figures of docs/conversions.md are computed here, so that they stay true.
#include <cmath>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "turntable/decimal.hpp"

namespace turntable {
namespace {

std::string document() {
    std::ifstream file{TURNTABLE_SOURCE_DIR "/docs/conversions.md"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::int64_t cents(double value, Rounding rounding) {
    return std::get<std::int64_t>(minor_units(value, 2, rounding));
}

// 65,624
std::string grouped(int number) {
    return fmt::format("{},{:03}", number / 1000, number % 1000);
}

TEST(ConversionsDocument, ShowsWhatTheNaiveWaysMakeOfSomeAmounts) {
    const std::string text = document();
    for (const char* const amount : {"17.08", "1.005", "0.285", "0.125", "8.345", "2.675"}) {
        const double x = std::strtod(amount, nullptr);
        const auto start = text.find(fmt::format("\n| {} |", amount));
        ASSERT_NE(start, std::string::npos) << amount;
        std::string row = text.substr(start + 1, text.find('\n', start + 1) - start - 1);
        std::erase(row, '*');
        // PostgreSQL and MariaDB round a float's half to even, SQLite away from zero.
        const std::string expected = fmt::format("| {} | {} | {} | {} | ", amount, std::trunc(x * 100),
                                                 std::nearbyint(x * 100), std::round(x * 100));
        EXPECT_THAT(row, testing::StartsWith(expected));
        EXPECT_THAT(row, testing::EndsWith(fmt::format(" | {} | {} |", cents(x, Rounding::half_even),
                                                       cents(x, Rounding::half_up))));
    }
}

TEST(ConversionsDocument, CountsTheAmountsThatTheNaiveWaysGetWrong) {
    constexpr int amounts = 1'000'000;
    int truncated = 0;
    int half_even = 0;
    int half_up = 0;
    for (int i = 0; i < amounts; ++i) {
        truncated += std::trunc((i + 1) / 100.0 * 100) != i + 1 ? 1 : 0;
        const double half = (10 * i + 5) / 1000.0; // 0.005, 0.015, …
        half_even += std::nearbyint(half * 100) != i + i % 2 ? 1 : 0;
        half_up += std::round(half * 100) != i + 1 ? 1 : 0;
    }
    const std::string text = document();
    EXPECT_THAT(text, testing::HasSubstr(grouped(truncated) + " of the million amounts of whole cents"));
    EXPECT_THAT(text, testing::HasSubstr(grouped(half_even) + " differ from half_even"));
    EXPECT_THAT(text, testing::HasSubstr(grouped(half_up) + " from half_up"));
}

} // namespace
} // namespace turntable
