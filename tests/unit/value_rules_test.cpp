// The reference by hand: the engines are tested against it.
#include <gtest/gtest.h>

#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable {
namespace {

TEST(ValueRules, CountsMomentsFrom1970) {
    EXPECT_EQ(moment_of_epoch(0, 0), "1970-01-01 00:00:00");
    EXPECT_EQ(moment_of_epoch(-1, 3), "1969-12-31 23:59:59.999");
    EXPECT_EQ(moment_of_epoch(951782400, 0), "2000-02-29 00:00:00");
    EXPECT_EQ(moment_of_epoch(253402300799999999, 6), "9999-12-31 23:59:59.999999");
    EXPECT_EQ(moment_of_epoch(-62135596800, 0), "0001-01-01 00:00:00");
    EXPECT_EQ(moment_of_epoch(253402300800, 0), std::nullopt);
    EXPECT_EQ(moment_of_epoch(-62135596801, 0), std::nullopt);
}

TEST(ValueRules, ReadsMomentsBackUnlessTheyAreFinerThanTheUnit) {
    EXPECT_EQ(epoch_of_moment("1969-12-31 23:59:59.999", 3), -1);
    EXPECT_EQ(epoch_of_moment("2000-02-29T00:00:00", 0), 951782400);
    EXPECT_EQ(epoch_of_moment("1970-01-01 00:00:00.250000", 3), 250);
    EXPECT_EQ(epoch_of_moment("1970-01-01 00:00:00.2505", 3), std::nullopt);
    for (const char* const bad :
         {"", "1970-01-01", "1970-02-30 00:00:00", "1970-01-01 24:00:00", "1970-01-01 00:00:60",
          "1970-01-01 00:00:00.", "1970-01-01 00:00:00.1234567", "0000-01-01 00:00:00",
          "1970-01-01 00:00:0x"}) {
        EXPECT_EQ(epoch_of_moment(bad, 6), std::nullopt) << bad;
    }
}

TEST(ValueRules, ReadsDatesInTheNamedFormatOnly) {
    const DatePicture german = date_picture("DD.MM.YYYY").value();
    EXPECT_EQ(date_in_text("29.02.2024", german), "2024-02-29");
    EXPECT_EQ(text_of_date("2024-02-29", german), "29.02.2024");
    EXPECT_EQ(date_in_text("29.02.2023", german), std::nullopt);
    EXPECT_EQ(date_in_text("29.02.1900", german), std::nullopt);
    EXPECT_EQ(date_in_text("02/29/2024", german), std::nullopt);
    EXPECT_EQ(date_in_text("1.1.2024", german), std::nullopt);
    for (const char* const bad : {"", "YYYY-MM", "YYYY-MM-DD hh", "YYYY-MM-DD-DD", "YY-MM-DD"}) {
        EXPECT_FALSE(date_picture(bad)) << bad;
    }
}

TEST(ValueRules, ReadsUuidsInOneFormAndAnyCase) {
    EXPECT_EQ(canonical_uuid("A0EEBC99-9c0b-4ef8-BB6D-6bb9bd380a11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    EXPECT_EQ(canonical_uuid("a0eebc999c0b4ef8bb6d6bb9bd380a11"), std::nullopt);
    EXPECT_EQ(canonical_uuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g"), std::nullopt);
}

TEST(ValueRules, MapsAreReadWithTheirEscapes) {
    Conversion lookup;
    lookup.rule = "lookup";
    lookup.extra["map"] = R"(a\;b:1;c\:d:2;:3)";
    const ValueMap map = value_map(lookup);
    ASSERT_EQ(map.pairs.size(), 3U);
    EXPECT_EQ(map.pairs[0], (std::pair<std::string, std::string>{"a;b", "1"}));
    EXPECT_EQ(map.pairs[1], (std::pair<std::string, std::string>{"c:d", "2"}));
    EXPECT_EQ(map.pairs[2], (std::pair<std::string, std::string>{"", "3"}));
    EXPECT_TRUE(map.has_inverse());
    lookup.extra["map"] = "a:1;b:1";
    EXPECT_FALSE(value_map(lookup).has_inverse());
    for (const char* const bad : {"a", "a:1:2", "a:1;a:2"}) {
        lookup.extra["map"] = bad;
        EXPECT_THROW((void)value_map(lookup), Error) << bad;
    }
}

} // namespace
} // namespace turntable
