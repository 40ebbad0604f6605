#include "sums.hpp"

#include <cstdint>

#include "turntable/decimal.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

Decimal decimal_of(const std::string& text) {
    const auto value = Decimal::parse(text.empty() ? "0" : text);
    check(value.has_value(), "a sum is an exact decimal");
    return *value;
}

} // namespace

std::string integer_sum(const std::string& expression) {
    return "sum(" + expression + " >> 32), sum(" + expression + " & 4294967295)";
}

std::string read_integer_sum(const Cell& high, const Cell& low) {
    // 128 bits hold the sum of any number of rows that a file can have.
    __extension__ using Wide = __int128;
    Wide sum =
        static_cast<Wide>(std::stoll(high.value_or("0"))) * (Wide{1} << 32) + std::stoll(low.value_or("0"));
    const bool negative = sum < 0;
    std::string out;
    for (sum = negative ? -sum : sum; sum > 0; sum /= 10) {
        out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(sum % 10)));
    }
    return out.empty() ? "0" : (negative ? "-" : "") + out;
}

std::string decimal_sum(const std::string& a, const std::string& b) {
    return (decimal_of(a) + decimal_of(b)).to_string();
}

std::string decimal_scaled(const std::string& a, int power_of_ten) {
    return decimal_of(a).scaled(power_of_ten).to_string();
}

std::string larger_decimal(const std::string& a, const std::string& b) {
    return (decimal_of(a) < decimal_of(b) ? decimal_of(b) : decimal_of(a)).to_string();
}

} // namespace turntable::sqlite
