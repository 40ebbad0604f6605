#pragma once
// Sums without overflow and without rounding.

#include <string>

#include "turntable/statement.hpp"

namespace turntable::sqlite {

// Two columns of a SELECT that together hold the sum of an integer expression (SQLite's sum() fails beyond 64
// bits), and the exact decimal that they stand for. NULL over no row counts as 0.
[[nodiscard]] std::string integer_sum(const std::string& expression);
[[nodiscard]] std::string read_integer_sum(const Cell& high, const Cell& low);

// Of exact decimals in text; "" counts as 0.
[[nodiscard]] std::string decimal_sum(const std::string& a, const std::string& b);
[[nodiscard]] std::string decimal_scaled(const std::string& a, int power_of_ten);
[[nodiscard]] std::string larger_decimal(const std::string& a, const std::string& b);

} // namespace turntable::sqlite
