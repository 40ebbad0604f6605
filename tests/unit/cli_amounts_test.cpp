#include "cli/amounts.hpp"

#include <gtest/gtest.h>

namespace turntable::cli {
namespace {

TEST(Amounts, GroupThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(-1234567), "-1,234,567");
    EXPECT_EQ(grouped(-123), "-123");
}

TEST(Amounts, ShowBytesInTheUnitThatFits) {
    EXPECT_EQ(bytes_text(0), "0 bytes");
    EXPECT_EQ(bytes_text(999), "999 bytes");
    EXPECT_EQ(bytes_text(1000), "1.0 kB");
    EXPECT_EQ(bytes_text(999'999), "1.0 MB");
    EXPECT_EQ(bytes_text(505'000'000), "505 MB");
    EXPECT_EQ(bytes_text(9'223'372'036'854'775'807), "9223 PB");
}

TEST(Amounts, ShowSpansInTwoUnits) {
    EXPECT_EQ(span_text(Seconds{59}), "59 s");
    EXPECT_EQ(span_text(Seconds{60}), "1 min");
    EXPECT_EQ(span_text(Seconds{200}), "3 min 20 s");
    EXPECT_EQ(span_text(Seconds{7500}), "2 h 5 min");
    EXPECT_EQ(span_text(Seconds{86'400 * 3 + 3600 * 4 + 59}), "3 d 4 h");
}

TEST(Amounts, CountInWords) {
    EXPECT_EQ(counted(1, "row differs", "rows differ"), "1 row differs");
    EXPECT_EQ(counted(1200, "row differs", "rows differ"), "1,200 rows differ");
}

} // namespace
} // namespace turntable::cli
