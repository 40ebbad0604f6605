// Schoolbook arithmetic on decimal digits. Speed matters little here: sums of chunks and values on the slow
// path.
#include "turntable/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "turntable/error.hpp"

namespace turntable {
namespace {

constexpr int exponent_max = 9999;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes the leading digits off the text.
std::string_view take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto length = static_cast<std::size_t>(end - text.begin());
    const std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
}

std::optional<int> parse_exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    int value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || !is_digit(text.front()) || parsed.ec != std::errc{} ||
        parsed.ptr != text.data() + text.size() || value > exponent_max) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

// Both are digits of integers without sign, of any length.
std::string add_digits(std::string_view left, std::string_view right) {
    std::string sum;
    int carry = 0;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()) || carry != 0; ++i) {
        const int a = i < left.size() ? left[left.size() - 1 - i] - '0' : 0;
        const int b = i < right.size() ? right[right.size() - 1 - i] - '0' : 0;
        const int digit = a + b + carry;
        sum += static_cast<char>('0' + digit % 10);
        carry = digit / 10;
    }
    std::reverse(sum.begin(), sum.end());
    return sum;
}

// left must not be smaller than right.
std::string subtract_digits(std::string_view left, std::string_view right) {
    std::string difference;
    int borrow = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const int b = i < right.size() ? right[right.size() - 1 - i] - '0' : 0;
        int digit = (left[left.size() - 1 - i] - '0') - b - borrow;
        borrow = digit < 0 ? 1 : 0;
        digit += borrow * 10;
        difference += static_cast<char>('0' + digit);
    }
    check(borrow == 0, "a digit string was subtracted from a smaller one");
    std::reverse(difference.begin(), difference.end());
    return difference;
}

std::string padded(std::string digits, int zeros) {
    digits.append(static_cast<std::size_t>(zeros), '0');
    return digits;
}

// Digits without leading zeros compare by length, then by text.
std::strong_ordering compare_digits(const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() <=> right.size() : left.compare(right) <=> 0;
}

// Whether the magnitude is rounded away from zero, from what is cut off: its first digit, and whether more
// follows.
bool rounds_away(Rounding rounding, bool negative, bool odd, int first, bool more) {
    const bool above_half = first > 5 || (first == 5 && more);
    const bool half = first == 5 && !more;
    switch (rounding) {
    case Rounding::half_even:
        return above_half || (half && odd);
    case Rounding::half_up:
        return above_half || half;
    case Rounding::half_down:
        return above_half;
    case Rounding::up:
        return true;
    case Rounding::down:
    case Rounding::exact_only:
        return false;
    case Rounding::ceiling:
        return !negative;
    case Rounding::floor:
        return negative;
    }
    check(false, "unknown Rounding");
    return false;
}

} // namespace

Decimal::Decimal(bool negative, std::string digits, int exponent)
    : negative_(negative), digits_(std::move(digits)), exponent_(exponent) {
    digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
    const auto last = digits_.find_last_not_of('0');
    const std::size_t kept = last == std::string::npos ? 0 : last + 1;
    exponent_ += static_cast<int>(digits_.size() - kept);
    digits_.resize(kept);
    if (digits_.empty()) {
        negative_ = false;
        exponent_ = 0;
    }
}

Decimal::Decimal(std::int64_t value) : Decimal(*parse(std::to_string(value))) {}

std::optional<Decimal> Decimal::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::string digits{take_digits(text)};
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits(text);
    }
    digits += fraction;
    int exponent = 0;
    if (text.starts_with('e') || text.starts_with('E')) {
        const auto parsed = parse_exponent(text.substr(1));
        if (!parsed) {
            return std::nullopt;
        }
        exponent = *parsed;
        text = {};
    }
    if (digits.empty() || !text.empty() || digits.size() > std::numeric_limits<int>::max() / 4) {
        return std::nullopt;
    }
    return Decimal{negative, std::move(digits), exponent - static_cast<int>(fraction.size())};
}

std::string Decimal::to_string() const {
    return to_string(places());
}

std::string Decimal::to_string(int wanted) const {
    check(wanted >= places(), "a decimal has more places than asked for");
    std::string text = exponent_ > 0 ? padded(digits_, exponent_) : digits_;
    const auto fraction = static_cast<std::size_t>(wanted);
    text.append(fraction - static_cast<std::size_t>(places()), '0');
    if (text.size() <= fraction) {
        text.insert(0, fraction + 1 - text.size(), '0');
    }
    if (fraction > 0) {
        text.insert(text.size() - fraction, 1, '.');
    }
    return (negative_ ? "-" : "") + text;
}

Decimal Decimal::negated() const {
    return Decimal{!negative_, digits_, exponent_};
}

Decimal Decimal::absolute() const {
    return Decimal{false, digits_, exponent_};
}

Decimal Decimal::scaled(int power) const {
    return Decimal{negative_, digits_, exponent_ + power};
}

std::optional<Decimal> Decimal::rounded(Rounding rounding) const {
    if (is_integer()) {
        return *this;
    }
    if (rounding == Rounding::exact_only) {
        return std::nullopt;
    }
    const auto cut = static_cast<std::size_t>(-exponent_);
    const bool below_one_tenth = cut > digits_.size();
    const std::string kept = cut < digits_.size() ? digits_.substr(0, digits_.size() - cut) : std::string{};
    const int first = below_one_tenth ? 0 : digits_[kept.size()] - '0';
    const bool more = below_one_tenth || digits_.size() > kept.size() + 1;
    const bool odd = !kept.empty() && (kept.back() - '0') % 2 != 0;
    const bool away = rounds_away(rounding, negative_, odd, first, more);
    return Decimal{negative_, away ? add_digits(kept, "1") : kept, 0};
}

std::optional<std::int64_t> Decimal::to_int64() const {
    if (!is_integer() || digits_.size() + static_cast<std::size_t>(exponent_) > 19) {
        return std::nullopt;
    }
    const std::string text = to_string();
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

Decimal operator+(const Decimal& left, const Decimal& right) {
    if (left.is_zero() || right.is_zero()) {
        return left.is_zero() ? right : left;
    }
    const int exponent = std::min(left.exponent_, right.exponent_);
    const std::string a = padded(left.digits_, left.exponent_ - exponent);
    const std::string b = padded(right.digits_, right.exponent_ - exponent);
    if (left.negative_ == right.negative_) {
        return Decimal{left.negative_, add_digits(a, b), exponent};
    }
    if (compare_digits(a, b) < 0) {
        return Decimal{right.negative_, subtract_digits(b, a), exponent};
    }
    return Decimal{left.negative_, subtract_digits(a, b), exponent};
}

Decimal operator-(const Decimal& left, const Decimal& right) {
    return left + right.negated();
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
    const Decimal difference = left - right;
    if (difference.is_zero()) {
        return std::strong_ordering::equal;
    }
    return difference.is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
}

} // namespace turntable
