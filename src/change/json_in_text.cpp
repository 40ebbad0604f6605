#include "turntable/json_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>

#include "turntable/error.hpp"

namespace turntable {
namespace {

constexpr std::size_t digits_of_double = 17;
// A double has no value below 10^-323. Zeros after the point and a negative exponent stay below half of that
// each.
constexpr std::size_t small = 150;
constexpr std::size_t largest_exponent = 308; // MySQL refuses 0e309, too

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The length of the UTF-8 sequence that begins here; 0: it is none.
std::size_t sequence_at(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
    };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF) {
            return 0;
        }
    }
    const unsigned char second = byte(1);
    const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

std::string utf8(unsigned code) {
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | (code >> shift & 0x3FU)); };
    if (code < 0x80) {
        return {static_cast<char>(code)};
    }
    if (code < 0x800) {
        return {static_cast<char>(0xC0U | code >> 6U), tail(0)};
    }
    if (code < 0x10000) {
        return {static_cast<char>(0xE0U | code >> 12U), tail(6), tail(0)};
    }
    return {static_cast<char>(0xF0U | code >> 18U), tail(12), tail(6), tail(0)};
}

// A number's text, taken apart.
struct Number {
    std::string_view all, whole, fraction, exponent; // exponent with its sign
};

// Of the digits of whole and fraction: those from the first to the last that is not zero.
std::size_t significant_digits(const Number& number) {
    const std::string digits = std::string{number.whole} + std::string{number.fraction};
    const auto first = digits.find_first_not_of('0');
    return first == std::string::npos ? 0 : digits.find_last_not_of('0') - first + 1;
}

bool fits_64_bits(std::string_view text) {
    std::uint64_t positive = 0;
    std::int64_t any = 0;
    const char* const end = text.data() + text.size();
    return text.front() == '-' ? std::from_chars(text.data(), end, any).ec == std::errc{}
                               : std::from_chars(text.data(), end, positive).ec == std::errc{};
}

// The digits of an exponent as a number, as far as it matters.
std::size_t size_of_exponent(std::string_view exponent) {
    const auto first = exponent.find_first_not_of("+-0");
    const std::string_view digits = first == std::string_view::npos ? "" : exponent.substr(first);
    std::size_t value = 0;
    return digits.size() > 9 ||
                   std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{}
               ? (digits.empty() ? 0 : 1'000'000'000)
               : value;
}

class Reader {
  public:
    Reader(std::string_view text, const JsonDialect& dialect) : rest_(text), dialect_(dialect) {}

    JsonClass whole() {
        const bool good = value(0) && rest_.empty();
        return !good ? JsonClass::rejected : beyond_ ? JsonClass::out_of_range : JsonClass::exact;
    }

  private:
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

    bool take(std::string_view token) {
        if (!rest_.starts_with(token)) {
            return false;
        }
        rest_.remove_prefix(token.size());
        return true;
    }

    // One value with the blanks around it, inside of so many arrays and objects.
    bool value(int depth) {
        skip_blanks();
        const bool good = take("{")   ? object(depth + 1)
                          : take("[") ? array(depth + 1)
                          : rest_.starts_with('"')
                              ? string().has_value()
                              : take("true") || take("false") || take("null") || number();
        skip_blanks();
        return good;
    }

    bool array(int depth) {
        skip_blanks();
        if (depth > dialect_.depth_max) {
            return false;
        }
        if (take("]")) {
            return true;
        }
        do {
            if (!value(depth)) {
                return false;
            }
        } while (take(","));
        return take("]");
    }

    bool object(int depth) {
        std::set<std::string> names;
        skip_blanks();
        if (depth > dialect_.depth_max) {
            return false;
        }
        if (take("}")) {
            return true;
        }
        do {
            skip_blanks();
            const auto name = string();
            skip_blanks();
            const bool known = name && !names.insert(*name).second;
            if (!name || (known && dialect_.unique_keys) || !take(":") || !value(depth)) {
                return false;
            }
        } while (take(","));
        return take("}");
    }

    // What it says, without its escapes.
    std::optional<std::string> string() {
        std::string out;
        if (!take("\"")) {
            return std::nullopt;
        }
        while (!take("\"")) {
            if (take("\\")) {
                const auto said = escape();
                if (!said) {
                    return std::nullopt;
                }
                out += *said;
                continue;
            }
            const std::size_t length = sequence_at(rest_);
            if (length == 0 || static_cast<unsigned char>(rest_.empty() ? 0 : rest_.front()) < 0x20) {
                return std::nullopt;
            }
            out += rest_.substr(0, length);
            rest_.remove_prefix(length);
        }
        return out;
    }

    std::optional<std::string> escape() {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
        if (take("u")) {
            return unicode();
        }
        const auto which = rest_.empty() ? std::string_view::npos : letters.find(rest_.front());
        if (which == std::string_view::npos) {
            return std::nullopt;
        }
        rest_.remove_prefix(1);
        return std::string{meant[which]};
    }

    std::optional<unsigned> four_digits() {
        unsigned code = 0;
        const std::string_view digits = rest_.substr(0, 4);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 4 || read.ec != std::errc{} || read.ptr != digits.data() + 4) {
            return std::nullopt;
        }
        rest_.remove_prefix(4);
        return code;
    }

    std::optional<std::string> unicode() {
        const auto code = four_digits();
        if (!code || (*code == 0 && !dialect_.nul) || (*code >= 0xDC00 && *code <= 0xDFFF)) {
            return std::nullopt;
        }
        if (*code < 0xD800 || *code > 0xDBFF) {
            return utf8(*code);
        }
        const auto low = take("\\u") ? four_digits() : std::nullopt;
        return low && *low >= 0xDC00 && *low <= 0xDFFF
                   ? std::optional{utf8(0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00))}
                   : std::nullopt;
    }

    std::string_view digits() {
        const auto found = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
        const std::string_view out = rest_.substr(0, static_cast<std::size_t>(found - rest_.begin()));
        rest_.remove_prefix(out.size());
        return out;
    }

    bool number() {
        const std::string_view start = rest_;
        Number number;
        (void)take("-");
        number.whole = digits();
        if (number.whole.empty() || (number.whole.size() > 1 && number.whole.front() == '0')) {
            return false;
        }
        if (take(".")) {
            number.fraction = digits();
            if (number.fraction.empty()) {
                return false;
            }
        }
        if (take("e") || take("E")) {
            const std::string_view exponent = rest_;
            (void)(take("+") || take("-"));
            if (digits().empty()) {
                return false;
            }
            number.exponent = exponent.substr(0, exponent.size() - rest_.size());
        }
        number.all = start.substr(0, start.size() - rest_.size());
        return holds(number);
    }

    bool holds(const Number& number) {
        const std::size_t exponent = size_of_exponent(number.exponent);
        if (dialect_.exponent_digits_max > 0 &&
            static_cast<double>(exponent) >= std::pow(10.0, dialect_.exponent_digits_max)) {
            return false;
        }
        if (!dialect_.numbers_as_doubles) {
            return true;
        }
        const bool negative = number.exponent.starts_with('-');
        if (std::isinf(std::strtod(std::string{number.all}.c_str(), nullptr)) ||
            (!negative && exponent > largest_exponent + number.fraction.size())) {
            return false;
        }
        const bool tiny = negative && exponent >= small;
        const bool integer = number.fraction.empty() && number.exponent.empty();
        const auto zeros = std::min(number.fraction.find_first_not_of('0'), number.fraction.size());
        beyond_ = beyond_ || (integer ? !fits_64_bits(number.all)
                                      : significant_digits(number) > digits_of_double || tiny ||
                                            (number.whole == "0" && zeros >= small));
        return true;
    }

    std::string_view rest_;
    const JsonDialect& dialect_;
    bool beyond_ = false;
};

} // namespace

JsonClass json_class(std::string_view text, const JsonDialect& dialect) {
    return Reader{text, dialect}.whole();
}

bool takes_duplicate_keys(const Conversion& conversion) {
    const auto found = conversion.extra.find("duplicates");
    return found != conversion.extra.end() && found->second == "last";
}

} // namespace turntable
