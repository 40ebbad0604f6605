#include "migrate/version.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

constexpr std::size_t version_digits = 14;
constexpr std::size_t slug_max = 80;

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
    }
    return value;
}

bool is_slug(std::string_view text) {
    return !text.empty() && text.size() <= slug_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Error bad_name(std::string_view name) {
    return Error{ErrorKind::usage, "bad_migration_name",
                 fmt::format("'{}' is not named as a migration is", std::string{name})}
        .next("name it YYYYMMDDHHMMSS_what_it_does.toml or .sql, in lower case letters, digits and "
              "underscores; "
              "`turntable new` does");
}

} // namespace

bool is_version(std::string_view text) {
    if (text.size() != version_digits ||
        !std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; })) {
        return false;
    }
    const auto part = [&](std::size_t at) { return number(text.substr(at, 2)); };
    const std::chrono::year_month_day day{std::chrono::year{number(text.substr(0, 4))},
                                          std::chrono::month{static_cast<unsigned>(part(4))},
                                          std::chrono::day{static_cast<unsigned>(part(6))}};
    return day.ok() && part(8) < 24 && part(10) < 60 && part(12) < 60;
}

std::optional<FileName> parse_file_name(std::string_view name) {
    FileName parsed;
    const auto point = name.rfind('.');
    const std::string_view ending = point == std::string_view::npos ? "" : name.substr(point);
    if (ending == ".toml") {
        parsed.kind = FileKind::toml;
    } else if (ending == ".sql") {
        parsed.kind = FileKind::sql;
    } else {
        return std::nullopt;
    }
    const std::string_view stem = name.substr(0, point);
    if (stem.size() < version_digits + 2 || stem[version_digits] != '_') {
        throw bad_name(name);
    }
    parsed.version = stem.substr(0, version_digits);
    parsed.slug = stem.substr(version_digits + 1);
    if (!is_version(parsed.version) || !is_slug(parsed.slug)) {
        throw bad_name(name);
    }
    return parsed;
}

std::string version_at(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%Y%m%d%H%M%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string slug_of(std::string_view description) {
    std::string slug;
    for (const char c : description) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 128 && std::isalnum(byte) != 0) {
            slug += static_cast<char>(std::tolower(byte));
        } else if (!slug.empty() && slug.back() != '_') {
            slug += '_';
        }
    }
    slug.resize(std::min(slug.size(), slug_max));
    while (slug.ends_with('_')) {
        slug.pop_back();
    }
    if (slug.empty()) {
        throw Error{
            ErrorKind::usage, "bad_description",
            fmt::format("'{}' has no letter or digit to make a file name of", std::string{description})};
    }
    return slug;
}

} // namespace turntable::migrate
