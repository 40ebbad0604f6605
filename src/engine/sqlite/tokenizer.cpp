#include "tokenizer.hpp"

#include <array>

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) {
    return starts_word(c) || is_digit(c) || c == '$';
}

Error bad_sql(std::string_view text, std::size_t at, const char* what) {
    return Error{ErrorKind::usage, "bad_sql",
                 std::string{what} + " at '" + std::string{text.substr(at, 30)} +
                     "' in: " + std::string{text}};
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> all() {
        std::vector<Token> out;
        for (skip_blank(); at_ < text_.size(); skip_blank()) {
            const std::size_t begin = at_;
            const Token::Kind kind = next();
            out.push_back({kind, begin, at_});
        }
        return out;
    }

  private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void skip_blank() {
        for (;;) {
            if (at_ < text_.size() &&
                std::string_view{" \t\r\n\f"}.find(text_[at_]) != std::string_view::npos) {
                ++at_;
            } else if (peek() == '-' && peek(1) == '-') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (peek() == '/' && peek(1) == '*') {
                // SQLite lets the end of the text close a comment.
                const auto close = text_.find("*/", at_ + 2);
                at_ = close == std::string_view::npos ? text_.size() : close + 2;
            } else {
                return;
            }
        }
    }

    void take_quoted(char mark) {
        const std::size_t begin = at_++;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] != mark) {
                continue;
            }
            if (peek(1) != mark || mark == ']') {
                ++at_;
                return;
            }
            ++at_; // doubled
        }
        throw bad_sql(text_, begin, "a quote is not closed");
    }

    void take_number() {
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            at_ += 2;
        }
        for (; continues_word(peek()) || peek() == '.'; ++at_) {
            const char c = peek();
            if ((c == 'e' || c == 'E') && (peek(1) == '+' || peek(1) == '-')) {
                ++at_;
            }
        }
    }

    void take_mark() {
        constexpr std::array<std::string_view, 11> longer{
            "->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "==", "**"};
        for (const std::string_view mark : longer) {
            if (text_.substr(at_).starts_with(mark)) {
                at_ += mark.size();
                return;
            }
        }
        if (std::string_view{"()+-*/%,;.<>=&|~?:@#!"}.find(peek()) == std::string_view::npos) {
            throw bad_sql(text_, at_, "an unknown character");
        }
        ++at_;
    }

    Token::Kind next() {
        const char c = peek();
        if ((c == 'x' || c == 'X') && peek(1) == '\'') {
            ++at_;
            take_quoted('\'');
            return Token::Kind::blob;
        }
        if (starts_word(c)) {
            while (continues_word(peek())) {
                ++at_;
            }
            return Token::Kind::word;
        }
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            take_number();
            return Token::Kind::number;
        }
        if (c == '\'') {
            take_quoted('\'');
            return Token::Kind::string;
        }
        if (c == '"' || c == '`' || c == '[') {
            take_quoted(c == '[' ? ']' : c);
            return Token::Kind::quoted_name;
        }
        take_mark();
        return Token::Kind::mark;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

Tokens::Tokens(std::string text) : text_(std::move(text)), tokens_(Lexer{text_}.all()) {}

const Token& Tokens::at(std::size_t i) const {
    check(i < tokens_.size(), "a token past the end");
    return tokens_[i];
}

std::string_view Tokens::raw(std::size_t i) const {
    return i < tokens_.size()
               ? std::string_view{text_}.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin)
               : std::string_view{};
}

std::string Tokens::name(std::size_t i) const {
    const std::string_view text = raw(i);
    const Token::Kind kind = at(i).kind;
    if (kind != Token::Kind::quoted_name && kind != Token::Kind::string) {
        return std::string{text};
    }
    const char mark = text.front() == '[' ? ']' : text.front();
    std::string out;
    for (std::size_t k = 1; k + 1 < text.size(); ++k) {
        out += text[k];
        if (text[k] == mark && mark != ']') {
            ++k;
        }
    }
    return out;
}

bool Tokens::is_name(std::size_t i) const {
    return i < size() &&
           (tokens_[i].kind == Token::Kind::word || tokens_[i].kind == Token::Kind::quoted_name ||
            tokens_[i].kind == Token::Kind::string);
}

bool Tokens::is(std::size_t i, std::string_view word_or_mark) const {
    return i < size() && (tokens_[i].kind == Token::Kind::word || tokens_[i].kind == Token::Kind::mark) &&
           same_name(raw(i), word_or_mark);
}

std::size_t Tokens::after_parenthesis(std::size_t i) const {
    std::size_t depth = 0;
    for (std::size_t k = i; k < size(); ++k) {
        if (is(k, "(")) {
            ++depth;
        } else if (is(k, ")") && --depth == 0) {
            return k + 1;
        }
    }
    throw bad_sql(text_, at(i).begin, "a parenthesis is not closed");
}

std::string Tokens::slice(TokenRange range) const {
    if (range.empty()) {
        return {};
    }
    const std::size_t begin = at(range.begin).begin;
    return text_.substr(begin, at(range.end - 1).end - begin);
}

} // namespace turntable::sqlite
