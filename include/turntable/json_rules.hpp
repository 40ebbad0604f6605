#pragma once
// JSON in a text column, by RFC 8259 and nothing beside it: no comments, no trailing comma, no NaN, no byte
// order mark, no half of a surrogate pair. SQLite computes with this; the SQL of every other engine is tested
// against it.

#include <string_view>

#include "turntable/change.hpp"

namespace turntable {

// Arrays and objects within each other, the outermost counted. MySQL takes 99 around a value, other engines
// as many as their stack holds; MariaDB 10.11 stops at 31.
constexpr int json_depth_max = 99;

// What the JSON type of one engine keeps of a document.
struct JsonDialect {
    int depth_max = json_depth_max;
    bool unique_keys = false;    // it would keep the last one of two members of one name, so both are refused
    bool nul = true;             // \u0000 in a string
    int exponent_digits_max = 0; // of a number, without leading zeros; 0: any
    bool numbers_as_doubles = false; // but for integers of 64 bits
};

enum class JsonClass { exact, rejected, out_of_range };

// out_of_range: a number that the type would not give back as it is. With numbers_as_doubles that is an
// integer beyond 64 bits, more than 17 significant digits, or so small a value that a double may not hold it;
// beyond the largest double it is rejected.
[[nodiscard]] JsonClass json_class(std::string_view text, const JsonDialect& dialect);

// duplicates=last: the documents with two members of one name pass.
[[nodiscard]] bool takes_duplicate_keys(const Conversion& conversion);

} // namespace turntable
