#include "support/conversion_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string_view>

namespace turntable::test {
namespace {

template <typename Float>
void add_with_neighbours(std::vector<Float>& values, double near) {
    const auto value = static_cast<Float>(near);
    if (!std::isfinite(value)) {
        return;
    }
    const Float infinity = std::numeric_limits<Float>::infinity();
    for (const Float one : {value, std::nextafter(value, infinity), std::nextafter(value, -infinity)}) {
        if (std::isfinite(one)) {
            values.push_back(one);
            values.push_back(-one);
        }
    }
}

template <typename Float>
void add_known(std::vector<Float>& values) {
    constexpr std::array known{0.0,
                               1.005,
                               0.285,
                               17.08,
                               0.125,
                               0.1 + 0.2,
                               1e22,
                               1e23,
                               0.005,
                               0.015,
                               2.675,
                               1.115,
                               8.345,
                               131072.27,
                               123456.78,
                               5e-324,
                               2.2250738585072014e-308,
                               1.7976931348623157e308,
                               9007199254740991.0,
                               9007199254740993.0,
                               92233720368547758.07,
                               92233720368547760.0,
                               9223372036854775807.0,
                               9223372036854774784.0,
                               0.5,
                               1.5,
                               2.5,
                               0.05,
                               0.004999999999999999,
                               4503599627370497.5,
                               1e15,
                               1e13,
                               9999999999999.99};
    for (const double value : known) {
        add_with_neighbours(values, value);
    }
    for (int power = -1074; power < 1024; ++power) {
        add_with_neighbours(values, std::ldexp(1.0, power));
    }
    for (int power = -320; power < 309; ++power) {
        add_with_neighbours(values, std::pow(10.0, power));
    }
}

// Values whose neighbour is `gap` away and that have a multiple of 10^zeros midway to it.
template <typename Float>
void add_midway(std::vector<Float>& values, std::mt19937_64& random, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const double ten = std::pow(10.0, static_cast<double>(random() % 4));
        const double wide =
            std::ldexp(1.0, static_cast<int>(random() % 10) + std::numeric_limits<Float>::digits + 1);
        const auto multiple =
            static_cast<std::uint64_t>(wide * (1.0 + static_cast<double>(random() % 1000) / 1000) / ten);
        const auto midway =
            static_cast<std::uint64_t>(static_cast<double>(multiple | 1U)) * static_cast<std::uint64_t>(ten);
        add_with_neighbours(values, static_cast<double>(midway));
    }
}

template <typename Float, typename Bits>
std::vector<Float> hard_values(std::size_t count, double money_max) {
    std::vector<Float> values;
    add_known(values);
    std::mt19937_64 random{20240229};
    add_midway(values, random, count / 20);
    for (std::size_t i = 0; i < count / 20;
         ++i) { // all binary digits in use: two decimals can be equally near
        const double mantissa = std::ldexp(1.0, std::numeric_limits<Float>::digits - 1) *
                                (1.0 + static_cast<double>(random() % 1'000'000) / 1'000'000);
        add_with_neighbours(values, std::ldexp(std::floor(mantissa), -static_cast<int>(random() % 16)));
    }
    while (values.size() < count) {
        const double amount = static_cast<double>(random() % 2'000'000'000'000) / 1000;
        const double sign = random() % 2 == 0 ? 1 : -1;
        values.push_back(static_cast<Float>(sign * std::fmod(amount, money_max))); // thousandths
        values.push_back(
            static_cast<Float>(sign * static_cast<double>(random() % 1'000'000'000) / 100));   // cents
        values.push_back(static_cast<Float>(static_cast<double>(random() % 100'000) + 0.005)); // xx.xx5
        values.push_back(static_cast<Float>(
            std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 40) - 30 - 20)));
        const auto bits = std::bit_cast<Float>(static_cast<Bits>(random()));
        if (std::isfinite(bits)) {
            values.push_back(bits);
        }
    }
    return values;
}

std::string random_digits(std::mt19937_64& random, std::size_t length) {
    std::string digits;
    for (std::size_t i = 0; i < length; ++i) {
        digits += static_cast<char>('0' + random() % 10);
    }
    return digits;
}

} // namespace

std::vector<double> hard_doubles(std::size_t count) {
    return hard_values<double, std::uint64_t>(count, 1e9);
}
std::vector<float> hard_floats(std::size_t count) {
    return hard_values<float, std::uint32_t>(count, 1e5);
}

std::vector<std::string> hard_decimals(std::size_t count) {
    std::vector<std::string> values{"0",
                                    "-0.00",
                                    "1.005",
                                    "-1.005",
                                    "0.125",
                                    "0.005",
                                    "-0.005",
                                    "0.0049999999",
                                    "92233720368547758.07",
                                    "92233720368547758.08",
                                    "92233720368547758.074",
                                    "92233720368547758.075",
                                    "-92233720368547758.08",
                                    "-92233720368547758.085",
                                    "-92233720368547758.09",
                                    "9999999999999999999999999.999999999999"};
    std::mt19937_64 random{7};
    while (values.size() < count) {
        const std::string sign = random() % 2 == 0 ? "" : "-";
        const std::string whole =
            random_digits(random, random() % 8 == 0 ? random() % 25 + 1 : random() % 8 + 1);
        const std::string fraction = random_digits(random, random() % 12 + 1);
        values.push_back(sign + whole + "." + fraction);
        values.push_back(sign + whole + "." + fraction.substr(0, 2) + "5");
        values.push_back(sign + whole + "." + fraction.substr(0, 2));
    }
    return values;
}

std::vector<std::string> malformed_numbers() {
    return {"",
            " ",
            "abc",
            "1,5",
            "1.2.3",
            "--1",
            "1-",
            "1e3",
            "0x10",
            "NaN",
            "Infinity",
            "-inf",
            "+",
            ".",
            "-.",
            "1 2",
            "$5",
            "5 €",
            "1_000",
            "١٢",
            "12\v",
            "1.5f",
            "0b1",
            "1e",
            "e5",
            std::string(31, '9'),
            "0." + std::string(31, '1'),
            "nan",
            "true",
            "12.5.",
            "\\x31",
            "1/2",
            "(5)",
            "%5"};
}

const std::vector<Rounding>& all_roundings() {
    static const std::vector<Rounding> all{Rounding::half_even, Rounding::half_up,   Rounding::half_down,
                                           Rounding::up,        Rounding::down,      Rounding::ceiling,
                                           Rounding::floor,     Rounding::exact_only};
    return all;
}

ExpectedUnits expected_units(const Decimal& value, int scale, Rounding rounding, std::int64_t limit) {
    const Rounding effective = rounding == Rounding::exact_only ? Rounding::down : rounding;
    const MinorUnits units = minor_units(value, scale, effective);
    const auto* const integer = std::get_if<std::int64_t>(&units);
    const Decimal exact = value.scaled(scale);
    if (integer == nullptr || *integer > limit || *integer < -limit - 1) {
        return {"out_of_range", "", exact};
    }
    return {exact.is_integer() ? "exact" : "rounded", std::to_string(*integer), exact};
}

} // namespace turntable::test
