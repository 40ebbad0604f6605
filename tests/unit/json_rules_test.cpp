// The reference of the rule json by hand, and against a parser that is not ours.
#include "turntable/json_rules.hpp"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/text_values.hpp"

namespace turntable {
namespace {

constexpr JsonDialect plain{};
constexpr JsonDialect parsed{json_depth_max, true, false, 4, true};

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonRules, TakeWhatTheRfcTakes) {
    for (const char* const text :
         {"{}", "[]", " 1 ", "-0", "0.5e-7", "1E5", "true", "null", "\"\"", "\t\r\n[1 , 2]\n",
          "{\"\":{\"\":[]}}", R"("\u00e9\ud83d\ude00\\u0000\"\/\b\f\n\r\t")", "\"\x7f\"", "\"é😀\""}) {
        EXPECT_EQ(json_class(text, plain), JsonClass::exact) << text;
    }
}

TEST(JsonRules, RefuseWhatParsersForgive) {
    for (const char* const text : {"",
                                   " ",
                                   "01",
                                   "1.",
                                   ".5",
                                   "+1",
                                   "0x1",
                                   "1e",
                                   "1e+",
                                   "- 1",
                                   "NaN",
                                   "Infinity",
                                   "True",
                                   "nulll",
                                   "'a'",
                                   "[1,]",
                                   "{\"a\":1,}",
                                   "{a:1}",
                                   "[1 2]",
                                   "[1]x",
                                   "1 2",
                                   "{\"a\" 1}",
                                   "{\"a\":1 \"b\":2}",
                                   "{}{}",
                                   "]",
                                   "/**/1",
                                   "1//",
                                   "\xEF\xBB\xBF"
                                   "1",
                                   "\xC2\xA0"
                                   "1",
                                   "\f1",
                                   "\"a\nb\"",
                                   "\"\t\"",
                                   R"("\x")",
                                   R"("\u12g4")",
                                   R"("\ud800")",
                                   R"("\udc00")",
                                   R"("\ud83dx")",
                                   R"("\ud83d\ud83d")",
                                   R"("\")",
                                   "\"\xff\"",
                                   "\"\xed\xa0\x80\"",
                                   "\"\xc0\x80\"",
                                   "[",
                                   "{\"a\""}) {
        EXPECT_EQ(json_class(text, plain), JsonClass::rejected) << text;
    }
    EXPECT_EQ(json_class(std::string_view{"1\0", 2}, plain), JsonClass::rejected);
    EXPECT_EQ(json_class(std::string_view{"\"\0\"", 3}, plain), JsonClass::rejected);
}

TEST(JsonRules, EndAtTheDepthOfTheDialect) {
    EXPECT_EQ(json_class(nested(99), plain), JsonClass::exact);
    EXPECT_EQ(json_class(nested(100), plain), JsonClass::rejected);
    EXPECT_EQ(json_class(nested(31), {31}), JsonClass::exact);
    EXPECT_EQ(json_class(nested(32), {31}), JsonClass::rejected);
    EXPECT_EQ(json_class(std::string(1'000'000, '['), plain), JsonClass::rejected);
}

TEST(JsonRules, TellWhatAParsedDocumentWouldNotGiveBack) {
    EXPECT_EQ(json_class(R"({"a":1,"\u0061":2})", parsed), JsonClass::rejected);
    EXPECT_EQ(json_class(R"({"a":1,"b":{"a":2}})", parsed), JsonClass::exact);
    EXPECT_EQ(json_class(R"("\u0000")", parsed), JsonClass::rejected);
    EXPECT_EQ(json_class(R"("\\u0000")", parsed), JsonClass::exact);
    for (const char* const kept :
         {"18446744073709551615", "-9223372036854775808", "0.30000000000000004", "1e300",
          "1.5000000000000000000000", "100000000000000000000000.0", "1e-149"}) {
        EXPECT_EQ(json_class(kept, parsed), JsonClass::exact) << kept;
    }
    for (const char* const changed : {"18446744073709551616", "-9223372036854775809", "0.123456789012345678",
                                      "123456789012345678.5", "1e-150", "1e-400"}) {
        EXPECT_EQ(json_class(changed, parsed), JsonClass::out_of_range) << changed;
    }
    EXPECT_EQ(json_class("1e400", parsed), JsonClass::rejected);
    EXPECT_EQ(json_class("[1e400]", plain), JsonClass::exact);
}

// It takes lone surrogates no more than this does, and knows neither duplicate names nor a depth.
TEST(JsonRules, AgreeWithAnotherParser) {
    std::size_t good = 0;
    const auto texts = test::json_texts(20'000);
    for (const std::string& text : texts) {
        const bool takes = nlohmann::json::accept(text);
        good += takes ? 1 : 0;
        if (text.find("\xEF\xBB\xBF") == 0 || text.find_first_of("eE") != std::string::npos ||
            test::depth_of(text) > 99) {
            continue; // it skips a byte order mark, and refuses what no double can be
        }
        ASSERT_EQ(json_class(text, plain) == JsonClass::exact, takes) << text;
    }
    EXPECT_GT(good, texts.size() / 10);
}

} // namespace
} // namespace turntable
