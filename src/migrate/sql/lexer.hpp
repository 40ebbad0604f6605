#pragma once
// The lexical level of SQL, by flavour: where quotes, comments and words begin and end. It knows nothing of
// statements. A value: copying a lexer is how to look ahead.

#include <cstddef>
#include <string>
#include <string_view>

#include "migrate/sql/flavor.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {

struct SqlToken {
    enum class Kind {
        word,          // keyword or plain identifier
        name,          // quoted identifier
        string,        // '…', E'…', $tag$…$tag$, MySQL's "…"
        number,        // also 0x1F, 1.5e3 up to a sign
        symbol,        // one character
        comment,       // also optimizer hints
        open_comment,  // of an executable comment of MySQL or MariaDB: /*!50100
        close_comment, // its */
        delimiter,     // the one set; `;` before any was
        end,
    };
    Kind kind = Kind::end;
    std::string_view text; // as written
    std::size_t begin = 0; // in the source, bytes
    std::size_t end = 0;
    int line = 1;
    // An unquoted word, any case. lower: in lower case.
    [[nodiscard]] bool is(std::string_view lower) const;
    [[nodiscard]] bool is_symbol(char c) const { return kind == Kind::symbol && text.front() == c; }
    // The content of a name or string without quotes and escapes; the text of the others.
    [[nodiscard]] std::string value(SqlFlavor flavor) const;
};

// Error{usage, "bad_sql"}: "line N: …".
[[nodiscard]] Error bad_sql(int line, const std::string& what);

class SqlLexer {
  public:
    // first_line: the line number of the text's beginning. The text must outlive the lexer and its tokens.
    SqlLexer(std::string_view text, SqlFlavor flavor, int first_line = 1);

    // Throws bad_sql: something without an end, a NUL byte, a backslash command.
    SqlToken next();

    [[nodiscard]] std::string_view delimiter() const { return delimiter_; }
    void set_delimiter(std::string delimiter) { delimiter_ = std::move(delimiter); }

    // The rest of the current line, without the line break; moves behind it.
    std::string_view take_line();
    // Everything up to the beginning of a comment that starts with this text; moves behind that comment's
    // line. Throws bad_sql if there is none.
    std::string_view take_until_comment(std::string_view comment);

    [[nodiscard]] int line() const { return line_; }
    [[nodiscard]] bool in_executable_comment() const { return executable_line_ != 0; }

  private:
    using Kind = SqlToken::Kind;

    void skip_blank();
    SqlToken make(Kind kind, std::size_t begin);
    SqlToken comment_to_line_end();
    SqlToken block_comment();
    SqlToken quoted(Kind kind, char close, bool backslash);
    SqlToken escape_string(std::size_t begin);
    SqlToken dollar_string(std::size_t tag_length);
    SqlToken word();
    SqlToken number();
    [[nodiscard]] SqlToken quote_token();
    [[nodiscard]] bool at_delimiter() const;
    [[nodiscard]] bool at_line_comment() const;
    [[nodiscard]] bool is_word_part(char c) const;
    [[nodiscard]] std::size_t dollar_tag_length() const;
    [[nodiscard]] bool has(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
    [[nodiscard]] char peek(std::size_t ahead) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] Error bad(const std::string& what) const { return bad_sql(line_, what); }

    std::string_view text_;
    SqlFlavor flavor_;
    std::string delimiter_ = ";";
    std::size_t at_ = 0;
    int line_;
    int executable_line_ = 0; // where the executable comment that we are in began
};

} // namespace turntable::migrate
