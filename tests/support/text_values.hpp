#pragma once
// JSON and strings that conversions get wrong, and random ones, the same for every engine's test.

#include <cstddef>
#include <string>
#include <vector>

namespace turntable::test {

// Documents and what is nearly one: known traps, random documents, and those with one character spoilt. No
// NUL.
[[nodiscard]] std::vector<std::string> json_texts(std::size_t count);
// The most brackets that are open at once, strings not looked at.
[[nodiscard]] std::size_t depth_of(const std::string& text);

[[nodiscard]] std::string utf8_of(char32_t code);
// Every character of the first blocks and of the punctuation that is none of ASCII's control characters, and
// some of all others.
[[nodiscard]] std::vector<char32_t> characters();
// ascii, latin1 (which is Windows-1252), utf8mb3, utf8mb4.
[[nodiscard]] bool charset_holds(const std::string& charset, char32_t code);

} // namespace turntable::test
