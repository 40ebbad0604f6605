#include "names.hpp"

namespace turntable::sqlite {
namespace {

std::string doubled(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) {
        out += c;
        if (c == mark) {
            out += c;
        }
    }
    return out + mark;
}

char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::string identifier(std::string_view name) {
    return doubled(name, '"');
}

std::string text_literal(std::string_view text) {
    return doubled(text, '\'');
}

std::string column_of(std::string_view alias, std::string_view column) {
    return std::string{alias} + "." + identifier(column);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts) {
        out += out.empty() ? "" : separator;
        out += part;
    }
    return out;
}

std::string lower(std::string_view name) {
    std::string out;
    for (const char c : name) {
        out += lower_ascii(c);
    }
    return out;
}

bool same_name(std::string_view a, std::string_view b) {
    return lower(a) == lower(b);
}

} // namespace turntable::sqlite
