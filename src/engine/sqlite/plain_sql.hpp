#pragma once
// Conversions in SQL that every SQLite understands, for triggers, which other processes fire: they have no
// functions of this program.

#include <optional>
#include <string>

#include "turntable/blueprint.hpp"

namespace turntable::sqlite {

// Makes an expression of one that gives the value; NULL of NULL, and of a value that is not taken.
struct PlainSql {
    std::string before, after;
    [[nodiscard]] std::string of(const std::string& value) const { return before + value + after; }
};

struct PlainConversion {
    PlainSql forward, inverse;
};

// nullopt: it is no plain SQL.
[[nodiscard]] std::optional<PlainConversion> plain_conversion(const ConversionPlan& plan);

} // namespace turntable::sqlite
