// Engine-neutral type names.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "turntable/conversion_rules.hpp"

namespace turntable {
namespace {

constexpr std::array<std::string_view, 13> plain_names{
    "int16", "int32", "int64",     "float32",     "float64", "text", "bool",
    "date",  "time",  "timestamp", "timestamptz", "uuid",    "json"};

std::string lower_without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ') {
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    return whole && value >= 0 ? std::optional{value} : std::nullopt;
}

// "(12,2)" -> {12, 2}; "(40)" -> {40, 0}
std::optional<std::pair<int, int>> arguments(std::string_view text) {
    if (!text.starts_with('(') || !text.ends_with(')')) {
        return std::nullopt;
    }
    text = text.substr(1, text.size() - 2);
    const auto comma = std::min(text.find(','), text.size());
    const auto first = number(text.substr(0, comma));
    const auto second = comma == text.size() ? std::optional{0} : number(text.substr(comma + 1));
    if (!first || !second) {
        return std::nullopt;
    }
    return std::pair{*first, *second};
}

} // namespace

std::optional<NeutralType> neutral_type(std::string_view text) {
    const std::string type = lower_without_blanks(text);
    if (type == "bytes" || std::find(plain_names.begin(), plain_names.end(), type) != plain_names.end()) {
        return NeutralType{type, 0, 0};
    }
    const auto open = std::min(type.find('('), type.size());
    const std::string name = type.substr(0, open);
    if (name != "decimal" && name != "varchar") {
        return std::nullopt;
    }
    const auto given = arguments(std::string_view{type}.substr(open));
    if (!given || given->first < 1 || given->second > given->first) {
        return std::nullopt;
    }
    return NeutralType{name, given->first, given->second};
}

} // namespace turntable
