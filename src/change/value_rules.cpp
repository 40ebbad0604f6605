// One value at a time: moments, dates, UUIDs. The calendar is the Gregorian one, before 1582 too, as it is in
// every engine.
#include "turntable/value_rules.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "turntable/error.hpp"

namespace turntable {
namespace {

constexpr std::int64_t first_second = -62135596800; // 0001-01-01 00:00:00
constexpr std::int64_t last_second = 253402300799;  // 9999-12-31 23:59:59
constexpr std::int64_t seconds_of_day = 86400;

std::int64_t power(int places) {
    std::int64_t value = 1;
    for (; places > 0; --places) {
        value *= 10;
    }
    return value;
}

// -1 unless all are digits.
std::int64_t digits(std::string_view text) {
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    return text.empty() ? -1 : value;
}

std::optional<std::chrono::year_month_day> day_of(std::int64_t year, std::int64_t month, std::int64_t day) {
    if (year < 1 || month < 1 || day < 1) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

std::string iso(const std::chrono::year_month_day& date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Microseconds of ".25"; -1 for anything else than a point and one to six digits, or nothing.
std::int64_t fraction_of(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    if (text[0] != '.' || text.size() < 2 || text.size() > 7) {
        return -1;
    }
    const std::int64_t value = digits(text.substr(1));
    return value < 0 ? -1 : value * power(static_cast<int>(7 - text.size()));
}

std::optional<std::int64_t> seconds_of_time(std::string_view text) {
    const std::int64_t hours = digits(text.substr(0, 2));
    const std::int64_t minutes = digits(text.substr(3, 2));
    const std::int64_t seconds = digits(text.substr(6, 2));
    const bool good = text[2] == ':' && text[5] == ':' && hours >= 0 && hours < 24 && minutes >= 0 &&
                      minutes < 60 && seconds >= 0 && seconds < 60;
    return good ? std::optional{(hours * 60 + minutes) * 60 + seconds} : std::nullopt;
}

} // namespace

int epoch_places(const Conversion& conversion) {
    const auto unit = conversion.extra.find("unit");
    const std::string word = unit == conversion.extra.end() ? "" : unit->second;
    if (word == "s" || word == "ms" || word == "us") {
        return word == "s" ? 0 : word == "ms" ? 3 : 6;
    }
    throw Error{ErrorKind::usage, "bad_conversion",
                fmt::format("the conversion of column {} ({}) needs unit=s, ms or us", conversion.column,
                            conversion.rule)};
}

EpochLimits epoch_limits(int places) {
    const std::int64_t factor = power(places);
    return {first_second * factor, last_second * factor + factor - 1};
}

std::optional<std::string> moment_of_epoch(std::int64_t value, int places) {
    const EpochLimits limits = epoch_limits(places);
    if (value < limits.min || value > limits.max) {
        return std::nullopt;
    }
    const auto down = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
    const std::int64_t seconds = down(value, power(places));
    const std::int64_t day = down(seconds, seconds_of_day);
    const std::int64_t second = seconds - day * seconds_of_day;
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
    std::string text =
        fmt::format("{} {:02}:{:02}:{:02}", iso(date), second / 3600, second / 60 % 60, second % 60);
    if (places > 0) {
        text += fmt::format(".{:0{}}", value - seconds * power(places), places);
    }
    return text;
}

std::optional<std::int64_t> epoch_of_moment(std::string_view text, int places) {
    constexpr std::size_t shortest = 19; // YYYY-MM-DD HH:MM:SS
    if (text.size() < shortest || (text[10] != ' ' && text[10] != 'T') || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto date = day_of(digits(text.substr(0, 4)), digits(text.substr(5, 2)), digits(text.substr(8, 2)));
    const auto time = seconds_of_time(text.substr(11, 8));
    const std::int64_t fraction = fraction_of(text.substr(shortest));
    const std::int64_t finest = power(6 - places);
    if (!date || !time || fraction < 0 || fraction % finest != 0) {
        return std::nullopt;
    }
    const std::int64_t days = std::chrono::sys_days{*date}.time_since_epoch().count();
    return (days * seconds_of_day + *time) * power(places) + fraction / finest;
}

std::optional<DatePicture> date_picture(std::string_view format) {
    DatePicture picture;
    picture.text = format;
    const auto take = [&](std::string_view part, std::size_t& where) {
        where = format.find(part);
        return where != std::string_view::npos && format.find(part, where + 1) == std::string_view::npos;
    };
    if (!take("YYYY", picture.year) || !take("MM", picture.month) || !take("DD", picture.day)) {
        return std::nullopt;
    }
    const auto letters =
        std::count_if(format.begin(), format.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
    const bool plain = std::all_of(format.begin(), format.end(), [](unsigned char c) { return c < 128; });
    return letters == 8 && plain ? std::optional{picture} : std::nullopt;
}

DatePicture date_picture(const Conversion& conversion) {
    const auto format = conversion.extra.find("format");
    const auto picture = date_picture(format == conversion.extra.end() ? "YYYY-MM-DD" : format->second);
    if (!picture) {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} (date): format='{}' must have YYYY, MM and DD once "
                        "each, and no other letters or digits",
                        conversion.column, format->second)};
    }
    return *picture;
}

std::optional<std::string> date_in_text(std::string_view text, const DatePicture& picture) {
    if (text.size() != picture.text.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::isalpha(static_cast<unsigned char>(picture.text[i])) == 0 && picture.text[i] != text[i]) {
            return std::nullopt;
        }
    }
    const auto date = day_of(digits(text.substr(picture.year, 4)), digits(text.substr(picture.month, 2)),
                             digits(text.substr(picture.day, 2)));
    return date ? std::optional{iso(*date)} : std::nullopt;
}

std::optional<std::string> text_of_date(std::string_view date, const DatePicture& picture) {
    if (!date_in_text(date, *date_picture("YYYY-MM-DD"))) {
        return std::nullopt;
    }
    std::string text = picture.text;
    text.replace(picture.year, 4, date.substr(0, 4));
    text.replace(picture.month, 2, date.substr(5, 2));
    text.replace(picture.day, 2, date.substr(8, 2));
    return text;
}

std::optional<std::string> canonical_uuid(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != form.size()) {
        return std::nullopt;
    }
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (form[i] == '-' ? c != '-' : c >= 128 || std::isxdigit(c) == 0) {
            return std::nullopt;
        }
        out += static_cast<char>(std::tolower(c));
    }
    return out;
}

std::string wanted_name(const Conversion& conversion) {
    const auto to = conversion.extra.find("to");
    if (to == conversion.extra.end() || to->second.empty()) {
        throw Error{
            ErrorKind::usage, "bad_conversion",
            fmt::format("the conversion of column {} ({}) is not usable: it needs to=, the name of a {}",
                        conversion.column, conversion.rule,
                        conversion.rule == "charset" ? "character set" : "collation")};
    }
    return to->second;
}

} // namespace turntable
