#include "cli/amounts.hpp"

#include <array>
#include <string_view>

#include <fmt/core.h>

namespace turntable::cli {

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t first_digit = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first_digit + 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

std::string bytes_text(Bytes bytes) {
    constexpr std::array<std::string_view, 6> units{"bytes", "kB", "MB", "GB", "TB", "PB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 999.5 && unit + 1 < units.size()) {
        amount /= 1000;
        ++unit;
    }
    const int digits = unit > 0 && amount < 9.95 ? 1 : 0;
    return fmt::format("{:.{}f} {}", amount, digits, units[unit]);
}

std::string span_text(Seconds span) {
    const auto seconds = span.count();
    const auto two = [](auto large, std::string_view large_unit, auto small, std::string_view small_unit) {
        return small == 0 ? fmt::format("{} {}", large, large_unit)
                          : fmt::format("{} {} {} {}", large, large_unit, small, small_unit);
    };
    if (seconds < 60) {
        return fmt::format("{} s", seconds);
    }
    if (seconds < 3600) {
        return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86'400) {
        return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return two(seconds / 86'400, "d", seconds % 86'400 / 3600, "h");
}

std::string counted(std::int64_t number, const std::string& singular, const std::string& plural) {
    return grouped(number) + " " + (number == 1 ? singular : plural);
}

} // namespace turntable::cli
