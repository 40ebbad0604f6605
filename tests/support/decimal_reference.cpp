#include "support/decimal_reference.hpp"

#include <algorithm>

namespace turntable::test {
namespace {

// digits * 10^exponent
struct Decimal {
    bool negative = false;
    std::string digits;
    int exponent = 0;
};

Decimal parse(std::string text) {
    Decimal value;
    const std::size_t e = text.find_first_of("eE");
    if (e != std::string::npos) {
        value.exponent = std::stoi(text.substr(e + 1));
        text.resize(e);
    }
    if (text.front() == '-' || text.front() == '+') {
        value.negative = text.front() == '-';
        text.erase(0, 1);
    }
    const std::size_t point = text.find('.');
    if (point != std::string::npos) {
        value.exponent -= static_cast<int>(text.size() - point - 1);
        text.erase(point, 1);
    }
    value.digits = text;
    return value;
}

std::string plus_one(std::string digits) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        if (digits[i] != '9') {
            ++digits[i];
            return digits;
        }
        digits[i] = '0';
    }
    return "1" + digits;
}

std::string trimmed(std::string digits) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return digits.empty() ? "0" : digits;
}

} // namespace

std::optional<std::string> scaled(const std::string& decimal, int scale, Remainder remainder) {
    Decimal value = parse(decimal);
    value.exponent += scale;
    std::string whole, rest;
    if (value.exponent >= 0) {
        whole = value.digits + std::string(static_cast<std::size_t>(value.exponent), '0');
    } else {
        const auto cut = static_cast<std::size_t>(-value.exponent);
        const std::string padded = std::string(cut, '0') + value.digits;
        whole = padded.substr(0, padded.size() - cut);
        rest = padded.substr(padded.size() - cut);
    }
    whole = trimmed(whole);
    if (rest.find_first_not_of('0') != std::string::npos) {
        if (remainder == Remainder::exact_only) {
            return std::nullopt;
        }
        const std::string half = "5" + std::string(rest.size() - 1, '0');
        const bool odd = (whole.back() - '0') % 2 == 1;
        if (rest > half || (rest == half && odd)) {
            whole = plus_one(whole);
        }
    }
    return (value.negative && whole != "0" ? "-" : "") + whole;
}

std::string unscaled(const std::string& integer, int scale) {
    const bool negative = integer.front() == '-';
    std::string digits = negative ? integer.substr(1) : integer;
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) {
        digits.insert(0, places + 1 - digits.size(), '0');
    }
    std::string text = digits.substr(0, digits.size() - places) + "." + digits.substr(digits.size() - places);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return (negative ? "-" : "") + text;
}

} // namespace turntable::test
