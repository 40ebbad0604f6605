#pragma once
// Small words of MySQL's and MariaDB's SQL that every conversion uses.

#include <string>
#include <string_view>

#include "turntable/change.hpp"

namespace turntable::mysql::conversion {

enum class TypeKind { float4, float8, decimal, integer, text, other };

// A column type as information_schema has it, taken apart: "decimal(12,2) unsigned".
struct ColumnType {
    TypeKind kind = TypeKind::other;
    std::string base; // "decimal"
    int length = 0;   // first number in parentheses; decimal without any: 10
    int places = 0;   // second number
    bool is_unsigned = false;
};
[[nodiscard]] ColumnType column_type(std::string_view text);

// Inclusive limits of an integer type, within the signed 64 bits that conversions work in.
struct IntegerRange {
    std::string type;
    std::string min, max;
};
// tinyint … bigint, signed or not; throws Error{usage} for every other type.
[[nodiscard]] IntegerRange integer_range(const Conversion& asked, std::string_view type);

// Of the units behind a decimal(precision,places), whose type it has: 10^precision - 1 at the most.
[[nodiscard]] IntegerRange decimal_range(int precision, int places);

[[nodiscard]] std::string quoted(std::string_view identifier);
// For sessions whose sql_mode has neither NO_BACKSLASH_ESCAPES nor ANSI_QUOTES.
[[nodiscard]] std::string literal(std::string_view text);
// An integer expression that fails in strict mode inside INSERT and UPDATE with a sentence of column, value
// and reason, and that is NULL in a SELECT.
[[nodiscard]] std::string refusal(std::string_view column, std::string_view value_sql,
                                  std::string_view reason);

} // namespace turntable::mysql::conversion
