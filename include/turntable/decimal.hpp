#pragma once
// Exact decimal arithmetic of any size, and the reference implementation of the money rule
// (docs/conversions.md): the value of a float is its shortest decimal that reads back as the same float; that
// decimal is multiplied by 10^scale exactly and rounded by the named rounding. Every engine's SQL is tested
// against minor_units() below.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "turntable/change.hpp"

namespace turntable {

// A finite decimal number: sign, digits, power of ten; no digit is ever lost. Zero has no sign.
class Decimal {
  public:
    Decimal() = default;
    explicit Decimal(std::int64_t value);

    // [+-]digits[.digits][(e|E)[+-]digits], at least one digit, nothing else, no blanks, exponent within
    // ±9999. nullopt for every other text, "NaN" and "Infinity" included.
    [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

    // Plain notation, shortest: no exponent, no zeros at the end of the fraction ("1200", "-0.05", "0").
    [[nodiscard]] std::string to_string() const;
    // Plain notation with exactly `places` digits after the point; the value must have no more (check()).
    [[nodiscard]] std::string to_string(int places) const;

    [[nodiscard]] bool is_zero() const { return digits_.empty(); }
    [[nodiscard]] bool is_negative() const { return negative_; }
    [[nodiscard]] bool is_integer() const { return exponent_ >= 0; }
    // Digits after the point, 0 for an integer.
    [[nodiscard]] int places() const { return exponent_ < 0 ? -exponent_ : 0; }

    [[nodiscard]] Decimal negated() const;
    [[nodiscard]] Decimal absolute() const;
    // Times 10^power, exactly.
    [[nodiscard]] Decimal scaled(int power) const;
    // To an integer. nullopt only for exact_only of a value that is none.
    [[nodiscard]] std::optional<Decimal> rounded(Rounding rounding) const;
    // nullopt if it is not an integer of that range.
    [[nodiscard]] std::optional<std::int64_t> to_int64() const;

    friend Decimal operator+(const Decimal& left, const Decimal& right);
    friend Decimal operator-(const Decimal& left, const Decimal& right);
    friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
    friend bool operator==(const Decimal& left, const Decimal& right) = default;

  private:
    Decimal(bool negative, std::string digits, int exponent);

    bool negative_ = false;
    std::string digits_; // first digit not 0, last digit not 0; empty is zero
    int exponent_ = 0;   // the value is ±digits × 10^exponent; 0 for zero
};

// The shortest decimal that reads back as the same float; of several of one length the nearest one. The value
// must be finite (check()). Large floats count as their shortest digits too: 2^60 is 1152921504606847000.
[[nodiscard]] Decimal shortest_decimal(double value);
[[nodiscard]] Decimal shortest_decimal(float value);

// What becomes of one value; the probe's classes.
struct OutOfRange {
    bool operator==(const OutOfRange&) const = default;
};
struct NotFinite {
    bool operator==(const NotFinite&) const = default;
};
// Below the minor unit, with Rounding::exact_only.
struct Inexact {
    bool operator==(const Inexact&) const = default;
};
using MinorUnits = std::variant<std::int64_t, OutOfRange, NotFinite, Inexact>;

// value × 10^scale, rounded; scale 0 to 9. OutOfRange where the rounded result is no int64 (exact_only: where
// the truncated one is not).
[[nodiscard]] MinorUnits minor_units(double value, int scale, Rounding rounding);
[[nodiscard]] MinorUnits minor_units(float value, int scale, Rounding rounding);
[[nodiscard]] MinorUnits minor_units(const Decimal& value, int scale, Rounding rounding);

} // namespace turntable
