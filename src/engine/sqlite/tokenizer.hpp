#pragma once
// SQLite's lexical rules: words, quoted names in four styles, strings, blobs, numbers, operators; comments
// and white space separate tokens. Tokens are positions in the text, so that an edit leaves every other byte
// as it was.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace turntable::sqlite {

struct Token {
    enum class Kind { word, quoted_name, string, number, blob, mark };
    Kind kind = Kind::mark;
    std::size_t begin = 0, end = 0; // [begin, end) in the text
};

// Half-open range of token numbers.
struct TokenRange {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] bool empty() const { return begin == end; }
};

// A text with its tokens. Throws Error{usage,"bad_sql"} on an unterminated string, name or an illegal
// character.
class Tokens {
  public:
    explicit Tokens(std::string text);

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::size_t size() const { return tokens_.size(); }
    [[nodiscard]] const Token& at(std::size_t i) const;
    [[nodiscard]] std::string_view raw(std::size_t i) const; // as written; "" past the end
    // The name that token i means, without its quotes.
    [[nodiscard]] std::string name(std::size_t i) const;
    [[nodiscard]] bool is_name(std::size_t i) const; // a word, a quoted name, or a string where a name may be
    // Is token i the unquoted word (any case) or the mark?
    [[nodiscard]] bool is(std::size_t i, std::string_view word_or_mark) const;
    // The token after the parenthesis that closes the one at i.
    [[nodiscard]] std::size_t after_parenthesis(std::size_t i) const;
    [[nodiscard]] std::string slice(TokenRange range) const; // the text from the first to the last token

  private:
    std::string text_;
    std::vector<Token> tokens_;
};

} // namespace turntable::sqlite
