#include <algorithm>

#include "turntable/conversion_rules.hpp"

namespace turntable {
namespace {

constexpr std::size_t digits_max = 30;

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

std::optional<Decimal> number_in_text(std::string_view text) {
    const std::string_view number = without_blanks(text);
    std::string_view digits = number;
    if (digits.starts_with('-') || digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    const auto point = std::min(digits.find('.'), digits.size());
    const std::string_view before = digits.substr(0, point);
    const std::string_view after = digits.substr(std::min(point + 1, digits.size()));
    if (before.size() > digits_max || after.size() > digits_max || !are_digits(before) ||
        !are_digits(after)) {
        return std::nullopt;
    }
    return Decimal::parse(number);
}

} // namespace turntable
