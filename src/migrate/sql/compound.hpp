#pragma once
// Whether a `;` ends a statement, or stands inside the body of a routine or trigger. Fed with every token of
// one statement in order, comments excluded.

#include <string_view>
#include <vector>

#include "migrate/sql/lexer.hpp"

namespace turntable::migrate {

class CompoundTracker {
  public:
    explicit CompoundTracker(SqlFlavor flavor) : flavor_(flavor) {}

    // rest: a lexer that stands right behind the token.
    void feed(const SqlToken& token, const SqlLexer& rest);

    // In a body that has begun and not ended: a `;` does not end the statement.
    [[nodiscard]] bool inside() const;
    // The statement creates something that has a body, or is one.
    [[nodiscard]] bool has_body() const { return shape_ == Shape::routine; }
    // Line of the innermost block that has no end yet.
    [[nodiscard]] int open_line() const { return blocks_.empty() ? 0 : blocks_.back().line; }

  private:
    enum class Shape { unknown, plain, routine };
    enum class Block { begin, condition, loop, repeat, choice };
    struct Open {
        Block block;
        int line;
    };

    void read_head(const SqlToken& token);
    void feed_postgresql(const SqlToken& token, const SqlLexer& rest);
    void feed_sqlite(const SqlToken& token);
    void feed_mysql(const SqlToken& token, const SqlLexer& rest);
    void open_mysql(const SqlToken& token, const SqlLexer& rest);
    void close_mysql();
    [[nodiscard]] bool at_statement_start() const;
    void open(Block block, const SqlToken& token) { blocks_.push_back({block, token.line}); }

    SqlFlavor flavor_;
    Shape shape_ = Shape::unknown;
    std::vector<SqlToken> head_; // words read while the shape is unknown
    std::vector<Open> blocks_;
    SqlToken last_; // the token before this one
    bool skip_definer_ = false;
    bool after_end_ = false;   // the last token was an END that closed a block
    bool end_of_body_ = false; // SQLite: `; END` was read
    int parentheses_ = 0;
};

} // namespace turntable::migrate
