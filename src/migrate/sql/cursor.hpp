#pragma once
// One statement of MySQL, MariaDB or SQLite as a row of tokens that a reader walks along. Comments are left
// out; what stands in executable comments is read as if it stood outside.

#include <initializer_list>
#include <string>
#include <vector>

#include "migrate/sql/lexer.hpp"
#include "turntable/change.hpp"

namespace turntable::migrate {

// Thrown by readers where the text goes on in a way that they do not know; caught by read_*.
struct NotUnderstood {
    std::string near; // the words there
};

class SqlCursor {
  public:
    SqlCursor(std::string_view sql, SqlFlavor flavor);

    [[nodiscard]] SqlFlavor flavor() const { return flavor_; }
    [[nodiscard]] bool at_end() const { return tokens_[at_].kind == SqlToken::Kind::end; }
    [[nodiscard]] const SqlToken& peek(std::size_t ahead = 0) const;
    [[nodiscard]] bool sees(std::string_view word) const { return peek().is(word); }
    [[nodiscard]] bool sees_any(std::initializer_list<std::string_view> words) const;
    [[nodiscard]] bool sees_symbol(char c) const { return peek().is_symbol(c); }

    // These move on only if everything is there.
    bool take(std::string_view word);
    bool take(std::string_view first, std::string_view second);
    bool take(std::string_view first, std::string_view second, std::string_view third);
    bool take_any(std::initializer_list<std::string_view> words);
    bool take_symbol(char c);

    SqlToken take_token();
    std::string name();                    // of a thing; also a quoted one
    TableName table();                     // name, or schema.name
    std::string value();                   // one string, number or word
    std::vector<SqlToken> parenthesized(); // what is between the parentheses that open here
    void skip_parenthesized() { (void)parenthesized(); }
    void expect(std::string_view word);
    void expect_symbol(char c);
    void expect_end() const;
    // A word at parenthesis depth 0 from here on.
    [[nodiscard]] bool has_ahead(std::string_view word) const;
    // The rest of the clause: up to a comma or closing parenthesis at depth 0.
    void skip_clause();

    [[noreturn]] void stop() const;

  private:
    SqlFlavor flavor_;
    std::vector<SqlToken> tokens_;
    std::size_t at_ = 0;
};

} // namespace turntable::migrate
