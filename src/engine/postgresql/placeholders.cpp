#include "placeholders.hpp"

#include <algorithm>
#include <cctype>

#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::size_t end_of(std::string_view sql, std::string_view closing, std::size_t from) {
    const auto at = sql.find(closing, from);
    return at == std::string_view::npos ? sql.size() : at + closing.size();
}

// E'…' knows backslash escapes, '…' does not (standard_conforming_strings is pinned on).
std::size_t end_of_string(std::string_view sql, std::size_t quote) {
    const bool escapes = quote > 0 && (sql[quote - 1] == 'E' || sql[quote - 1] == 'e') &&
                         (quote < 2 || !is_word(sql[quote - 2]));
    for (std::size_t i = quote + 1; i < sql.size(); ++i) {
        if (escapes && sql[i] == '\\') {
            ++i;
        } else if (sql[i] == '\'') {
            return i + 1;
        }
    }
    return sql.size();
}

std::size_t end_of_block_comment(std::string_view sql, std::size_t start) {
    int depth = 0;
    for (std::size_t i = start; i + 1 < sql.size(); ++i) {
        if (sql.substr(i, 2) == "/*") {
            ++depth;
            ++i;
        } else if (sql.substr(i, 2) == "*/") {
            --depth;
            ++i;
            if (depth == 0) {
                return i + 1;
            }
        }
    }
    return sql.size();
}

// $tag$…$tag$; a $ that starts no tag is an ordinary character.
std::size_t end_of_dollar_quote(std::string_view sql, std::size_t start) {
    std::size_t tag_end = start + 1;
    while (tag_end < sql.size() && is_word(sql[tag_end])) {
        ++tag_end;
    }
    const bool digit =
        start + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[start + 1])) != 0;
    if (tag_end >= sql.size() || sql[tag_end] != '$' || digit) {
        return start + 1;
    }
    return end_of(sql, sql.substr(start, tag_end + 1 - start), tag_end + 1);
}

// The end of the quoted part, comment or single character that starts at i.
std::size_t end_of_token(std::string_view sql, std::size_t i) {
    switch (sql[i]) {
    case '\'':
        return end_of_string(sql, i);
    case '"':
        return end_of(sql, "\"", i + 1);
    case '$':
        return end_of_dollar_quote(sql, i);
    case '-':
        return sql.substr(i, 2) == "--" ? end_of(sql, "\n", i) : i + 1;
    case '/':
        return sql.substr(i, 2) == "/*" ? end_of_block_comment(sql, i) : i + 1;
    default:
        return i + 1;
    }
}

bool numbers_itself(std::string_view sql) {
    for (std::size_t i = 0; i < sql.size();) {
        if (sql.substr(i, 2) == "$1" && (i == 0 || !is_word(sql[i - 1]))) {
            return true;
        }
        i = end_of_token(sql, i);
    }
    return false;
}

} // namespace

std::string numbered_placeholders(std::string_view sql, std::size_t arguments) {
    if (arguments == 0 || numbers_itself(sql)) {
        return std::string{sql};
    }
    std::string out;
    out.reserve(sql.size() + 2 * arguments);
    std::size_t found = 0;
    for (std::size_t i = 0; i < sql.size();) {
        if (sql[i] == '?') {
            out += "$" + std::to_string(++found);
            ++i;
            continue;
        }
        const std::size_t end = end_of_token(sql, i);
        out += sql.substr(i, end - i);
        i = end;
    }
    check(found == arguments, "as many placeholders as arguments");
    return out;
}

} // namespace turntable::postgresql
