#include "plan/quoting.hpp"

namespace turntable::postgresql {

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + "\"";
}

std::string qualified(std::string_view schema, std::string_view name) {
    return quoted(schema) + "." + quoted(name);
}

std::string literal(std::string_view text) {
    std::string out = text.find('\\') == std::string_view::npos ? "'" : "E'";
    for (const char c : text) {
        out += c;
        if (c == '\'' || c == '\\') {
            out += c;
        }
    }
    return out + "'";
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string out;
    for (const std::string& part : parts) {
        if (&part != &parts.front()) {
            out += between;
        }
        out += part;
    }
    return out;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    out.reserve(names.size());
    for (const std::string& name : names) {
        out.push_back(quoted(name));
    }
    return joined(out, ", ");
}

std::string cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return std::string{text};
    }
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string{text.substr(0, end)};
}

} // namespace turntable::postgresql
