// Names of tables and durations.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "change/parse.hpp"
#include "turntable/error.hpp"

namespace turntable::change {
namespace {

Error bad_name(std::string_view text) {
    return Error{
        ErrorKind::usage, "bad_table_name",
        fmt::format("'{}' is not the name of a table: write name or schema.name, with double quotes around a "
                    "part that contains a point",
                    std::string{text})};
}

// One part of a name, quoted or not, taken off the text.
std::string take_part(std::string_view& rest, std::string_view whole) {
    std::string part;
    if (!rest.starts_with('"')) {
        const auto end = std::min(rest.find('.'), rest.size());
        part = rest.substr(0, end);
        rest.remove_prefix(end);
    } else {
        rest.remove_prefix(1);
        while (true) {
            const auto end = rest.find('"');
            if (end == std::string_view::npos) {
                throw bad_name(whole);
            }
            part += rest.substr(0, end);
            rest.remove_prefix(end + 1);
            if (!rest.starts_with('"')) {
                break;
            }
            part += '"';
            rest.remove_prefix(1);
        }
    }
    if (part.empty() || (!rest.empty() && rest.front() != '.')) {
        throw bad_name(whole);
    }
    return part;
}

Error bad_duration(std::string_view text) {
    return Error{
        ErrorKind::usage, "bad_duration",
        fmt::format("'{}' is not a duration: write a number and ms, s, m, h or d, as in 500ms or 24h",
                    std::string{text})};
}

struct Unit {
    std::string_view name;
    double ms;
};
constexpr std::array units{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                           Unit{"d", 86'400'000}};

} // namespace

TableName parse_table_name(std::string_view text) {
    std::string_view rest = text;
    TableName table;
    table.name = take_part(rest, text);
    if (!rest.empty()) {
        rest.remove_prefix(1);
        table.schema = std::move(table.name);
        table.name = take_part(rest, text);
    }
    if (!rest.empty()) {
        throw bad_name(text);
    }
    return table;
}

Millis parse_duration(std::string_view text) {
    if (text == "0") {
        return Millis{0};
    }
    double number = 0;
    const auto parsed =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const std::string_view name = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
    const auto* const unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == name; });
    constexpr double years_100_in_ms = 100.0 * 365 * 86'400'000;
    if (parsed.ec == std::errc{} && unit != units.end() && !std::signbit(number) &&
        number * unit->ms <= years_100_in_ms) {
        // Up, since a limit of 0.5ms is not "none"; what binary fractions add is taken off before.
        return Millis{static_cast<std::int64_t>(std::ceil(number * unit->ms - 1e-6))};
    }
    throw bad_duration(text);
}

} // namespace turntable::change
