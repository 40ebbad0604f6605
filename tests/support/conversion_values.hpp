#pragma once
// Values that money conversions get wrong, and random ones, the same for every engine's test.

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "support/depth.hpp"
#include "turntable/change.hpp"
#include "turntable/decimal.hpp"

namespace turntable {
// For messages of failed tests.
inline void PrintTo(const Decimal& value, std::ostream* out) {
    *out << value.to_string();
}
} // namespace turntable

namespace turntable::test {

// At least `count` values: the known hard ones, powers of two and ten with their neighbours, values near the
// limits of the integer range, midway points of neighbours, amounts of money, and random bit patterns.
// Deterministic. No NaN and no infinity.
[[nodiscard]] std::vector<double> hard_doubles(std::size_t count);
[[nodiscard]] std::vector<float> hard_floats(std::size_t count);
// Decimals as text, with up to 25 digits before and 12 after the point.
[[nodiscard]] std::vector<std::string> hard_decimals(std::size_t count);
// Text that is no number by the syntax of number_in_text().
[[nodiscard]] std::vector<std::string> malformed_numbers();

[[nodiscard]] const std::vector<Rounding>& all_roundings();

// What the reference says about one value, in the words that the engines' tests read back.
struct ExpectedUnits {
    std::string value_class; // "exact", "rounded", "out_of_range"
    std::string units;       // "" where out of range
    Decimal exact;           // value × 10^scale
    bool operator==(const ExpectedUnits&) const = default;
};
// `limit` bounds the integers of a narrower target: -limit - 1 … limit.
[[nodiscard]] ExpectedUnits expected_units(const Decimal& value, int scale, Rounding rounding,
                                           std::int64_t limit = INT64_MAX);

} // namespace turntable::test
