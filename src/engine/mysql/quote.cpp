#include "quote.hpp"

#include <fmt/format.h>

#include <cmath>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

// End of the quoted string, quoted name or comment that starts at `at`; at + 1 for any other character.
std::size_t skip_token(std::string_view sql, std::size_t at) {
    const char c = sql[at];
    if (c == '\'' || c == '"' || c == '`') {
        for (std::size_t i = at + 1; i < sql.size(); ++i) {
            if (sql[i] == '\\' && c != '`') {
                ++i;
            } else if (sql[i] == c) {
                return i + 1; // a doubled quote starts the next string at once
            }
        }
        return sql.size();
    }
    if (sql.substr(at, 2) == "/*") {
        const auto end = sql.find("*/", at + 2);
        return end == std::string_view::npos ? sql.size() : end + 2;
    }
    if (c == '#' || sql.substr(at, 3) == "-- ") {
        const auto end = sql.find('\n', at);
        return end == std::string_view::npos ? sql.size() : end + 1;
    }
    return at + 1;
}

} // namespace

std::string quote_name(std::string_view name) {
    std::string out = "`";
    for (const char c : name) {
        out += c;
        if (c == '`') {
            out += c;
        }
    }
    return out + "`";
}

std::string quote_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        switch (c) {
        case '\0':
            out += "\\0";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\x1a':
            out += "\\Z";
            break;
        case '\\':
        case '\'':
            out += '\\';
            out += c;
            break;
        default: // every other byte stands for itself
            out += c;
        }
    }
    return out + "'";
}

std::string quote_bytes(std::string_view bytes) {
    std::string out = "x'";
    for (const char c : bytes) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return out + "'";
}

std::string quote_value(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*integer);
    }
    if (const auto* real = std::get_if<double>(&value)) {
        check(std::isfinite(*real), "MySQL has no literal for NaN or infinity");
        return fmt::format("{:.17e}", *real);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return quote_text(*text);
    }
    if (const auto* blob = std::get_if<Blob>(&value)) {
        return quote_bytes(blob->bytes);
    }
    return "NULL";
}

std::string bound_text(const Statement& statement) {
    if (statement.arguments.empty()) {
        return statement.sql;
    }
    const std::string_view sql = statement.sql;
    std::string out;
    std::size_t next = 0;
    for (std::size_t at = 0; at < sql.size();) {
        if (sql[at] == '?') {
            check(next < statement.arguments.size(), "more placeholders than arguments");
            out += quote_value(statement.arguments[next++]);
            ++at;
            continue;
        }
        const std::size_t end = skip_token(sql, at);
        out += sql.substr(at, end - at);
        at = end;
    }
    check(next == statement.arguments.size(), "more arguments than placeholders");
    return out;
}

} // namespace turntable::mysql
