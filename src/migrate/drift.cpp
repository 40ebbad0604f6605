#include "migrate/drift.hpp"

#include <algorithm>

#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

using Change = SchemaDifference::Change;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end > 0) {
            lines.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// The lines of one that the other does not have, in their order.
std::vector<std::string> only_in(const std::vector<std::string>& one, std::vector<std::string> other) {
    std::vector<std::string> out;
    for (const std::string& line : one) {
        const auto found = std::ranges::find(other, line);
        if (found == other.end()) {
            out.push_back(line);
        } else {
            other.erase(found);
        }
    }
    return out;
}

} // namespace

std::string_view to_string(Change change) {
    switch (change) {
    case Change::missing:
        return "missing";
    case Change::unexpected:
        return "unexpected";
    case Change::differs:
        return "differs";
    }
    check(false, "unknown Change");
    return {};
}

std::vector<SchemaDifference> schema_differences(const ObjectTexts& wanted, const ObjectTexts& found) {
    std::vector<SchemaDifference> out;
    for (const auto& [key, text] : wanted) {
        const auto other = found.find(key);
        if (other == found.end()) {
            out.push_back({Change::missing, key.first, key.second, {}, {}});
        } else if (other->second != text) {
            const auto should = lines_of(text);
            const auto is = lines_of(other->second);
            out.push_back({Change::differs, key.first, key.second, only_in(should, is), only_in(is, should)});
        }
    }
    for (const auto& [key, text] : found) {
        if (!wanted.contains(key)) {
            out.push_back({Change::unexpected, key.first, key.second, {}, {}});
        }
    }
    return out;
}

} // namespace turntable::migrate
