#pragma once
// Small words of PostgreSQL's SQL that every conversion uses.

#include <string>
#include <string_view>

#include "turntable/change.hpp"

namespace turntable::postgresql::conversion {

enum class TypeKind { float4, float8, numeric, integer, text, other };

[[nodiscard]] TypeKind kind_of(std::string_view type);

// Inclusive limits of an integer type, as decimal text.
struct IntegerRange {
    std::string type; // smallint, integer, bigint
    std::string min, max;
};
// smallint, integer, bigint and their short names; throws Error{usage} for every other type.
[[nodiscard]] IntegerRange integer_range(const Conversion& asked, std::string_view type);
// Of the units behind a numeric(precision,places), whose type it has: 10^precision - 1 at the most.
[[nodiscard]] IntegerRange decimal_range(int precision, int places);

[[nodiscard]] std::string quoted(std::string_view identifier);
// E'…' where the text has a backslash, so that standard_conforming_strings does not matter.
[[nodiscard]] std::string literal(std::string_view text);
// An expression of that type that always fails with a sentence of column, value and reason; NULL for a NULL
// value. It depends on the value, so the planner cannot evaluate it early. bigint may stand for any type it
// casts to.
[[nodiscard]] std::string refusal(std::string_view column, std::string_view value_sql,
                                  std::string_view reason, std::string_view type);

} // namespace turntable::postgresql::conversion
