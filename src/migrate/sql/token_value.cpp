// What a token stands for: quotes off, escapes resolved.
#include <algorithm>
#include <cctype>

#include "migrate/sql/lexer.hpp"

namespace turntable::migrate {
namespace {

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

char escaped(char c) {
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case '0':
        return '\0';
    default:
        return c;
    }
}

std::string without_quotes(std::string_view text, char close, bool backslash) {
    std::string value;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && backslash && i + 2 < text.size()) {
            value += escaped(text[++i]);
        } else {
            value += text[i];
            i += text[i] == close && close != ']' ? 1U : 0U; // a doubled quote
        }
    }
    return value;
}

std::string string_value(std::string_view text, SqlFlavor flavor) {
    if (text.front() == '$') {
        const std::size_t tag = text.find('$', 1) + 1;
        return std::string{text.substr(tag, text.size() - 2 * tag)};
    }
    if (text.front() == 'e' || text.front() == 'E') {
        return without_quotes(text.substr(1), '\'', true);
    }
    return without_quotes(text, text.front(), is_mysql_family(flavor));
}

} // namespace

bool SqlToken::is(std::string_view wanted) const {
    return kind == Kind::word && std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                                            [](char a, char b) { return lower(a) == b; });
}

std::string SqlToken::value(SqlFlavor flavor) const {
    if (kind == Kind::name) {
        return without_quotes(text, text.back(), false);
    }
    return kind == Kind::string ? string_value(text, flavor) : std::string{text};
}

} // namespace turntable::migrate
