// The reference of the money rule: floats by their shortest decimal, then exact decimal arithmetic.
#include <array>
#include <charconv>
#include <cmath>

#include "turntable/decimal.hpp"
#include "turntable/error.hpp"

namespace turntable {
namespace {

constexpr std::array<double, 10> powers_of_ten{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

// The scientific form is asked for, since the general one prints large integers with all their binary digits.
template <typename Float>
Decimal shortest(Float value) {
    check(std::isfinite(value), "only a finite float has a decimal");
    std::array<char, 64> text{};
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
    const auto decimal = Decimal::parse({text.data(), written.ptr});
    check(decimal.has_value(), "the shortest text of a float is a decimal");
    return *decimal;
}

// The cheap exact test. A decimal of at most `digits` significant digits (15, float: 6) is the only one of
// that length that reads as its float; so if c / 10^scale reads as x and has no more digits, it is x's
// shortest decimal.
template <typename Float>
std::optional<std::int64_t> exact_units(Float value, int scale, double units_max) {
    const double power = powers_of_ten[static_cast<std::size_t>(scale)];
    const double units = std::nearbyint(static_cast<double>(value) * power);
    if (std::abs(units) < units_max && static_cast<Float>(units / power) == value) {
        return static_cast<std::int64_t>(units);
    }
    return std::nullopt;
}

template <typename Float>
MinorUnits of_float(Float value, int scale, Rounding rounding, double units_max) {
    check(scale >= 0 && scale <= 9, "a scale is from 0 to 9");
    if (!std::isfinite(value)) {
        return NotFinite{};
    }
    if (const auto units = exact_units(value, scale, units_max)) {
        return *units;
    }
    return minor_units(shortest_decimal(value), scale, rounding);
}

} // namespace

Decimal shortest_decimal(double value) {
    return shortest(value);
}
Decimal shortest_decimal(float value) {
    return shortest(value);
}

MinorUnits minor_units(double value, int scale, Rounding rounding) {
    return of_float(value, scale, rounding, 1e15);
}
MinorUnits minor_units(float value, int scale, Rounding rounding) {
    return of_float(value, scale, rounding, 1e6);
}

MinorUnits minor_units(const Decimal& value, int scale, Rounding rounding) {
    check(scale >= 0 && scale <= 9, "a scale is from 0 to 9");
    const Decimal units = value.scaled(scale);
    const bool exact_only = rounding == Rounding::exact_only;
    const auto integer = units.rounded(exact_only ? Rounding::down : rounding)->to_int64();
    if (!integer) {
        return OutOfRange{};
    }
    if (exact_only && !units.is_integer()) {
        return Inexact{};
    }
    return *integer;
}

} // namespace turntable
