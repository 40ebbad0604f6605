#include "migrate/sql/lexer.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

namespace turntable::migrate {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_word_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_word_start(c) || is_digit(c); });
}

} // namespace

Error bad_sql(int line, const std::string& what) {
    return Error{ErrorKind::usage, "bad_sql", fmt::format("line {}: {}", line, what)};
}

SqlLexer::SqlLexer(std::string_view text, SqlFlavor flavor, int first_line)
    : text_(text), flavor_(flavor), line_(first_line) {
    if (has("\xEF\xBB\xBF")) {
        at_ = 3;
    }
}

bool SqlLexer::is_word_part(char c) const {
    return is_word_start(c) || is_digit(c) || c == '$';
}

SqlToken SqlLexer::make(Kind kind, std::size_t begin) {
    SqlToken token{kind, text_.substr(begin, at_ - begin), begin, at_, line_};
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                                         text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    return token;
}

void SqlLexer::skip_blank() {
    while (at_ < text_.size() && is_space(text_[at_])) {
        line_ += text_[at_] == '\n' ? 1 : 0;
        ++at_;
    }
}

bool SqlLexer::at_delimiter() const {
    if (!has(delimiter_)) {
        return false;
    }
    // a delimiter made of letters is a whole word
    return !is_word_text(delimiter_) || !is_word_part(peek(delimiter_.size()));
}

bool SqlLexer::at_line_comment() const {
    if (is_mysql_family(flavor_)) {
        const bool dashes = has("--") && (at_ + 2 >= text_.size() || is_space(peek(2)));
        return dashes || peek(0) == '#';
    }
    return has("--");
}

SqlToken SqlLexer::comment_to_line_end() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    return make(Kind::comment, begin);
}

SqlToken SqlLexer::block_comment() {
    const std::size_t begin = at_;
    const bool executable =
        has("/*!") ? is_mysql_family(flavor_) : has("/*M!") && flavor_ == SqlFlavor::mariadb;
    if (executable && executable_line_ == 0) {
        at_ += has("/*!") ? 3 : 4;
        while (is_digit(peek(0))) {
            ++at_;
        }
        executable_line_ = line_;
        return make(Kind::open_comment, begin);
    }
    at_ += 2;
    for (int depth = 1; depth > 0;) {
        if (at_ >= text_.size()) {
            throw bad("the comment that begins here has no end");
        }
        if (has("*/")) {
            --depth;
            at_ += 2;
        } else if (has("/*") && flavor_ == SqlFlavor::postgresql) {
            ++depth;
            at_ += 2;
        } else {
            ++at_;
        }
    }
    return make(Kind::comment, begin);
}

SqlToken SqlLexer::quoted(Kind kind, char close, bool backslash) {
    const std::size_t begin = at_++;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '\\' && backslash) {
            ++at_;
        } else if (c == close) {
            if (close == ']' || peek(0) != close) {
                return make(kind, begin);
            }
            ++at_;
        }
    }
    at_ = begin;
    throw bad(fmt::format("the quote {} that begins here has no end", text_[begin]));
}

// E'…'. After a line break PostgreSQL continues a literal with the next quote, still with backslash escapes:
// what looks like a new plain string is not one.
SqlToken SqlLexer::escape_string(std::size_t begin) {
    const int line = line_;
    while (true) {
        (void)quoted(Kind::string, '\'', true);
        const std::size_t end = at_;
        bool new_line = false;
        while (at_ < text_.size() && (is_space(text_[at_]) || has("--"))) {
            new_line = new_line || text_[at_] == '\n';
            at_ = has("--") ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
        }
        if (!new_line || peek(0) != '\'') {
            at_ = end;
            break;
        }
    }
    line_ = line;
    return make(Kind::string, begin);
}

// Length of `$tag$` here; 0: it is none.
std::size_t SqlLexer::dollar_tag_length() const {
    std::size_t length = 1;
    while (is_word_start(peek(length)) || (length > 1 && is_digit(peek(length)))) {
        ++length;
    }
    return peek(length) == '$' ? length + 1 : 0;
}

SqlToken SqlLexer::dollar_string(std::size_t tag_length) {
    const std::size_t begin = at_;
    const std::string_view tag = text_.substr(at_, tag_length);
    const std::size_t close = text_.find(tag, at_ + tag_length);
    if (close == std::string_view::npos) {
        throw bad(fmt::format("the dollar quote {} that begins here has no end", tag));
    }
    at_ = close + tag_length;
    return make(Kind::string, begin);
}

SqlToken SqlLexer::word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_part(text_[at_]) &&
           (at_ == begin || is_word_text(delimiter_) || !at_delimiter())) {
        ++at_;
    }
    if (flavor_ == SqlFlavor::postgresql && at_ - begin == 1 && (text_[begin] | 0x20) == 'e' &&
        peek(0) == '\'') {
        return escape_string(begin);
    }
    return make(Kind::word, begin);
}

SqlToken SqlLexer::number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_word_start(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.') &&
           !at_delimiter()) {
        ++at_;
    }
    return make(Kind::number, begin);
}

// A token in quotes of any kind; kind end: it is none.
SqlToken SqlLexer::quote_token() {
    const bool mysql = is_mysql_family(flavor_);
    switch (peek(0)) {
    case '\'':
        return quoted(Kind::string, '\'', mysql);
    case '"':
        return quoted(mysql ? Kind::string : Kind::name, '"', mysql);
    case '`':
        return flavor_ == SqlFlavor::postgresql ? SqlToken{} : quoted(Kind::name, '`', false);
    case '[':
        return flavor_ == SqlFlavor::sqlite ? quoted(Kind::name, ']', false) : SqlToken{};
    case '$':
        if (const std::size_t tag = dollar_tag_length(); flavor_ == SqlFlavor::postgresql && tag > 0) {
            return dollar_string(tag);
        }
        return {};
    default:
        return {};
    }
}

SqlToken SqlLexer::next() {
    skip_blank();
    const std::size_t begin = at_;
    if (at_ >= text_.size()) {
        if (executable_line_ != 0) {
            throw bad_sql(executable_line_, "the executable comment that begins here has no end");
        }
        return {Kind::end, {}, begin, begin, line_};
    }
    if (at_delimiter()) {
        at_ += delimiter_.size();
        return make(Kind::delimiter, begin);
    }
    if (at_line_comment()) {
        return comment_to_line_end();
    }
    if (has("*/") && executable_line_ != 0) {
        at_ += 2;
        executable_line_ = 0;
        return make(Kind::close_comment, begin);
    }
    if (has("/*")) {
        return block_comment();
    }
    if (SqlToken token = quote_token(); token.kind != Kind::end) {
        return token;
    }
    const char c = text_[at_];
    if (is_digit(c)) {
        return number();
    }
    if (is_word_start(c) || (c == '$' && is_mysql_family(flavor_))) {
        return word();
    }
    if (c == '\0') {
        throw bad("there is a NUL byte");
    }
    ++at_;
    return make(Kind::symbol, begin);
}

std::string_view SqlLexer::take_line() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(begin, at_ - begin);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::string_view SqlLexer::take_until_comment(std::string_view comment) {
    const std::size_t begin = at_;
    for (std::size_t line = begin; line < text_.size();) {
        const std::size_t line_end = std::min(text_.find('\n', line), text_.size());
        const std::string_view words = text_.substr(line, line_end - line);
        const std::size_t first = std::min(words.find_first_not_of(" \t"), words.size());
        if (words.substr(first).starts_with(comment)) {
            at_ = line;
            (void)make(Kind::comment, begin); // counts the lines
            at_ = line_end;
            return text_.substr(begin, line - begin);
        }
        line = line_end + 1;
    }
    throw bad(fmt::format("there is no '{}' below this line", comment));
}

} // namespace turntable::migrate
