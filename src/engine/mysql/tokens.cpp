#include "tokens.hpp"

#include <cctype>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

bool is_word_start(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_word_part(char c) {
    return is_word_start(c) || is_digit(c);
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Token next() {
        skip_blank();
        const std::size_t begin = at_;
        if (at_ == text_.size()) {
            return {Token::Kind::end, "", begin, begin};
        }
        const char c = text_[at_];
        if (c == '`') {
            return quoted(Token::Kind::name);
        }
        if (c == '\'' || c == '"') {
            return quoted(Token::Kind::string);
        }
        if (is_digit(c)) {
            return run(Token::Kind::number, [](char d) { return is_word_part(d) || d == '.'; });
        }
        if (is_word_start(c)) {
            return run(Token::Kind::word, is_word_part);
        }
        ++at_;
        return {Token::Kind::symbol, std::string{c}, begin, at_};
    }

  private:
    void skip_blank() {
        while (at_ < text_.size()) {
            if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
                ++at_;
            } else if (text_.substr(at_, 2) == "/*" || text_[at_] == '#' || text_.substr(at_, 2) == "--") {
                skip_comment();
            } else {
                return;
            }
        }
    }

    void skip_comment() {
        // "--" is a comment only before a blank; "a--1" inside an expression is not worth guessing about
        throw Error{ErrorKind::usage, "bad_clause",
                    "the ALTER clause has a comment or '--' at position " + std::to_string(at_ + 1) +
                        "; comments are refused, since what they hide depends on the server's version"};
    }

    Token quoted(Token::Kind kind) {
        const std::size_t begin = at_;
        const char quote = text_[at_++];
        std::string content;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '\\' && kind == Token::Kind::string && at_ < text_.size()) {
                content += text_[at_++];
            } else if (c != quote) {
                content += c;
            } else if (at_ < text_.size() && text_[at_] == quote) {
                content += quote;
                ++at_;
            } else {
                return {kind, content, begin, at_};
            }
        }
        throw Error{ErrorKind::usage, "bad_clause",
                    "the ALTER clause has a quote without an end at position " + std::to_string(begin + 1)};
    }

    template <typename Part>
    Token run(Token::Kind kind, Part part) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && part(text_[at_])) {
            ++at_;
        }
        return {kind, std::string{text_.substr(begin, at_ - begin)}, begin, at_};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    Scanner scanner{text};
    do {
        tokens.push_back(scanner.next());
    } while (tokens.back().kind != Token::Kind::end);
    return tokens;
}

} // namespace turntable::mysql
