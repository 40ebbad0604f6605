// The words of boolean, enum and lookup.
#include <set>

#include <fmt/format.h>

#include "turntable/error.hpp"
#include "turntable/value_rules.hpp"

namespace turntable {
namespace {

Error bad(const Conversion& asked, const std::string& why) {
    return Error{
        ErrorKind::usage, "bad_conversion",
        fmt::format("the conversion of column {} ({}) is not usable: {}", asked.column, asked.rule, why)};
}

// Parts between separators; a backslash takes the next character as it is.
std::vector<std::string> parts_of(std::string_view text, char separator) {
    std::vector<std::string> parts{""};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            // Kept for the next level of separators, which are taken apart after this one.
            parts.back() += text[i];
            parts.back() += text[++i];
        } else if (text[i] == separator) {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    return parts;
}

std::string unescaped(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        }
        out += text[i];
    }
    return out;
}

std::string extra(const Conversion& asked, const std::string& key, const std::string& otherwise) {
    const auto found = asked.extra.find(key);
    return found == asked.extra.end() ? otherwise : found->second;
}

ValueMap read(const Conversion& asked, const std::array<std::string, 2>& words) {
    ValueMap map;
    if (asked.rule == "boolean") {
        map.pairs = {{extra(asked, "true", words[0]), "true"}, {extra(asked, "false", words[1]), "false"}};
    } else if (asked.rule == "enum") {
        for (const std::string& value : parts_of(extra(asked, "values", ""), ';')) {
            map.pairs.emplace_back(unescaped(value), unescaped(value));
        }
    } else {
        for (const std::string& pair : parts_of(extra(asked, "map", ""), ';')) {
            const auto sides = parts_of(pair, ':');
            if (sides.size() != 2) {
                throw bad(asked, "map is FROM:TO;FROM:TO…, a backslash before ; : and \\ in a value");
            }
            map.pairs.emplace_back(unescaped(sides[0]), unescaped(sides[1]));
        }
    }
    return map;
}

} // namespace

bool ValueMap::has_inverse() const {
    std::set<std::string> results;
    for (const auto& [from, to] : pairs) {
        if (!results.insert(to).second) {
            return false;
        }
    }
    return true;
}

ValueMap value_map(const Conversion& conversion, const std::array<std::string, 2>& words) {
    ValueMap map = read(conversion, words);
    std::set<std::string> seen;
    for (const auto& [from, to] : map.pairs) {
        if (!seen.insert(from).second) {
            throw bad(conversion, fmt::format("'{}' is named twice", from));
        }
    }
    return map;
}

} // namespace turntable
