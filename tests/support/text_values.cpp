#include "support/text_values.hpp"

#include <algorithm>
#include <array>
#include <random>

#include <fmt/format.h>

namespace turntable::test {
namespace {

constexpr std::array traps{"",
                           " ",
                           "{}",
                           "[]",
                           "1",
                           "01",
                           "-",
                           "-0",
                           "1.",
                           ".5",
                           "1e5",
                           "1E+5",
                           "1e",
                           "+1",
                           "0x1",
                           "- 1",
                           "1 .5",
                           "NaN",
                           "[NaN]",
                           "Infinity",
                           "-Infinity",
                           "true",
                           "True",
                           "tru",
                           "tr ue",
                           "truefalse",
                           "nulll",
                           "null",
                           "s",
                           "'a'",
                           "\"a",
                           "\"a\"b\"",
                           "\"\\u00\"",
                           "\"\\u0000\"",
                           "\"\\\\u0000\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud83d\\ude00\"",
                           "\"\\uD83D\\uDE00\"",
                           "\"\\ud83dx\"",
                           "\"\\ud83d\\n\\ude00\"",
                           "\"\\\\ud800\"",
                           "\"\\\\\\ud800\"",
                           "\"\\x\"",
                           "\"\\a\"",
                           "\"\\\"",
                           "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
                           "\"a\tb\"",
                           "\"a\nb\"",
                           "\"\x01\"",
                           "\x01",
                           "\x02",
                           "[\x02]",
                           "\"\x7f\"",
                           "[1,]",
                           "[,1]",
                           "[1,,2]",
                           "[1 2]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{:1}",
                           "{1:1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":1,\"a\":2}",
                           "{\"a\":1,\"\\u0061\":2}",
                           "{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
                           "[{\"a\":1},{\"a\":1}]",
                           "{\"a:b\":\"::\",\"c\":\":\"}",
                           "{\"\":1}",
                           "{\"\":1,\"\":1}",
                           "[1]x",
                           "x[1]",
                           "1 2",
                           "{}{}",
                           "[1]]",
                           "[[1]",
                           "]",
                           "/*c*/1",
                           "//c\n1",
                           "1#",
                           "\xEF\xBB\xBF"
                           "1",
                           "\xC2\xA0"
                           "1",
                           "\f1",
                           "\v1",
                           "\t\r\n 1\t\r\n ",
                           "1e400",
                           "-1e400",
                           "0e400",
                           "1e-400",
                           "1e-100",
                           "1e0005",
                           "1e9999",
                           "1e9999999",
                           "123456789012345678901234567890",
                           "18446744073709551615",
                           "18446744073709551616",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "-9223372036854775809",
                           "[18446744073709551616]",
                           "20000000000000000000",
                           "99999999999999999999",
                           "12345678901234567890",
                           "0.1234567890123456789",
                           "0.30000000000000004",
                           "12345678901234567.5",
                           "1234567890123456789.0",
                           "1.50000000000000000000000",
                           "0.00000000000000000000000000012345",
                           "\"123456789012345678901234567890\"",
                           "[\"1e400\",\"1.2345678901234567890\"]",
                           "\"é😀中\"",
                           "{\"é\":1,\"e\":2}",
                           "{\"a\":1,\"A\":2}",
                           "\"[[[[\"",
                           "\"]]\"",
                           "\"\\\"[\"",
                           "[\"a\":1]",
                           "{\"a\",1}",
                           "undefined",
                           "[1,true,null,\"x\",{\"y\":[]}]",
                           "\\",
                           "\"\\u12g4\"",
                           "%s%d",
                           "\"it's\""};

std::string random_scalar(std::mt19937_64& random) {
    constexpr std::array words{"0",       "-1",        "17.08",   "1e3",        "true",  "false",
                               "null",    "\"\"",      "\"a b\"", "\"\\\"[{\"", "\"é\"", "\"\\u00e9:,\"",
                               "-0.5E-2", "4294967296"};
    return words.at(random() % words.size());
}

std::string random_document(std::mt19937_64& random, int depth) {
    const auto blank = [&] { return random() % 5 == 0 ? std::string{" "} : std::string{}; };
    const std::size_t kind = random() % 4;
    if (depth == 0 || kind < 1) {
        return blank() + random_scalar(random) + blank();
    }
    std::string out{kind == 1 ? "[" : "{"};
    const std::size_t members = random() % 4;
    for (std::size_t i = 0; i < members; ++i) {
        out += i == 0 ? "" : ",";
        out += kind == 1 ? ""
                         : fmt::format("{}\"k{}\"{}:", blank(), random() % 6, blank()); // now and then twice
        out += random_document(random, depth - 1);
    }
    return blank() + out + (kind == 1 ? "]" : "}") + blank();
}

} // namespace

std::vector<std::string> json_texts(std::size_t count) {
    std::vector<std::string> texts{traps.begin(), traps.end()};
    for (const std::size_t depth :
         {6U, 11U, 12U, 13U, 14U, 30U, 31U, 32U, 50U, 98U, 99U, 100U, 101U, 102U, 5000U}) {
        texts.push_back(std::string(depth, '[') + std::string(depth, ']'));
        texts.push_back(std::string(depth, '[') + "1" + std::string(depth, ']'));
        texts.push_back(std::string(depth, '['));
        std::string object;
        for (std::size_t i = 0; i < depth; ++i) {
            object += "{\"a\":";
        }
        texts.push_back(object + "\"]\"" + std::string(depth, '}'));
    }
    texts.push_back("[" + std::string(3000, ' ') + "1]");
    std::string flat = "[1";
    for (int i = 0; i < 300; ++i) {
        flat += ",[],{}";
    }
    texts.push_back(flat + "]");
    std::mt19937_64 random{8259};
    const std::string spoils = "{}[],:\"\\ 0e.-tn\t";
    while (texts.size() < count) {
        std::string text = random_document(random, 1 + static_cast<int>(random() % 6));
        texts.push_back(text);
        char& one = text[random() % text.size()];
        if (static_cast<unsigned char>(one) < 0x80) { // a server takes no broken UTF-8
            one = spoils[random() % spoils.size()];
            texts.push_back(text);
        }
    }
    return texts;
}

std::size_t depth_of(const std::string& text) {
    std::size_t depth = 0;
    std::size_t most = 0;
    for (const char c : text) {
        depth += c == '[' || c == '{' ? 1 : 0;
        depth -= (c == ']' || c == '}') && depth > 0 ? 1 : 0;
        most = std::max(most, depth);
    }
    return most;
}

std::string utf8_of(char32_t code) {
    const auto tail = [&](unsigned shift) {
        return static_cast<char>(0x80U | (static_cast<unsigned>(code) >> shift & 0x3FU));
    };
    if (code < 0x80) {
        return {static_cast<char>(code)};
    }
    if (code < 0x800) {
        return {static_cast<char>(0xC0U | code >> 6U), tail(0)};
    }
    if (code < 0x10000) {
        return {static_cast<char>(0xE0U | code >> 12U), tail(6), tail(0)};
    }
    return {static_cast<char>(0xF0U | code >> 18U), tail(12), tail(6), tail(0)};
}

std::vector<char32_t> characters() {
    std::vector<char32_t> codes;
    for (char32_t code = 0x20; code < 0x10000;
         code += code < 0x400 || (code >= 0x2000 && code < 0x2140) ? 1 : 32) {
        if (code < 0xD800 || code > 0xDFFF) {
            codes.push_back(code);
        }
    }
    codes.insert(codes.end(), {0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x20000, 0x10FFFF});
    return codes;
}

bool charset_holds(const std::string& charset, char32_t code) {
    // 0x80 to 0x9F of Windows-1252, without the five that it leaves as control characters.
    constexpr std::array<char32_t, 27> windows{0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                               0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x017D, 0x2018,
                                               0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
                                               0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178};
    if (charset == "ascii") {
        return code < 0x80;
    }
    if (charset == "utf8mb3") {
        return code < 0x10000;
    }
    return charset == "utf8mb4" || code < 0x80 || (code >= 0xA0 && code < 0x100) || code == 0x81 ||
           code == 0x8D || code == 0x8F || code == 0x90 || code == 0x9D ||
           std::find(windows.begin(), windows.end(), code) != windows.end();
}

} // namespace turntable::test
