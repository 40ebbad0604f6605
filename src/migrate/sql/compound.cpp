#include "migrate/sql/compound.hpp"

#include <algorithm>
#include <initializer_list>

namespace turntable::migrate {
namespace {

using Kind = SqlToken::Kind;

bool is_any(const SqlToken& token, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

SqlToken next_token(SqlLexer& lexer) {
    SqlToken token = lexer.next();
    while (token.kind == Kind::comment) {
        token = lexer.next();
    }
    return token;
}

// Commas between the parentheses that open here, those of inner ones not counted; -1: none open here.
int commas_in_parentheses(SqlLexer rest) {
    if (!next_token(rest).is_symbol('(')) {
        return -1;
    }
    int commas = 0;
    for (int depth = 1; depth > 0;) {
        const SqlToken token = next_token(rest);
        if (token.kind == Kind::end) {
            return -1;
        }
        depth += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
        commas += depth == 1 && token.is_symbol(',') ? 1 : 0;
    }
    return commas;
}

// IF as a statement: not the function of three arguments, not IF [NOT] EXISTS before a name.
bool is_if_statement(SqlLexer rest) {
    SqlLexer words = rest;
    SqlToken token = next_token(words);
    if (token.is("not")) {
        token = next_token(words);
    }
    if (token.is("exists")) {
        return next_token(words).is_symbol('(');
    }
    return commas_in_parentheses(rest) != 2;
}

// MariaDB: FOR i IN …; not FOR EACH ROW, CURSOR FOR, FOR UPDATE.
bool is_for_loop(SqlLexer rest) {
    (void)next_token(rest);
    return next_token(rest).is("in");
}

} // namespace

bool CompoundTracker::inside() const {
    return !blocks_.empty();
}

// Finds out from the first words whether the statement has a body.
void CompoundTracker::read_head(const SqlToken& token) {
    head_.push_back(token);
    const bool mysql = is_mysql_family(flavor_);
    if (head_.size() == 1) {
        if (!is_any(token, {"create", "alter", "explain"}) && !(mysql && token.is("begin"))) {
            shape_ = Shape::plain;
        }
        return;
    }
    if (head_.front().is("begin")) { // BEGIN NOT ATOMIC
        shape_ = flavor_ == SqlFlavor::mariadb && token.is("not") ? Shape::routine : Shape::plain;
        if (shape_ == Shape::routine) {
            open(Block::begin, head_.front());
        }
        return;
    }
    if (skip_definer_) { // DEFINER = account: anything up to a word that can follow it
        skip_definer_ = !is_any(
            token, {"procedure", "function", "trigger", "event", "package", "sql", "view", "aggregate"});
    }
    if (skip_definer_ ||
        is_any(token, {"or", "replace", "temp", "temporary", "aggregate", "query", "plan", "create"})) {
        return;
    }
    if (mysql && token.is("definer")) {
        skip_definer_ = true;
        return;
    }
    const bool routine = flavor_ == SqlFlavor::postgresql ? is_any(token, {"procedure", "function"})
                         : flavor_ == SqlFlavor::sqlite
                             ? token.is("trigger")
                             : is_any(token, {"procedure", "function", "trigger", "event", "package"});
    shape_ = routine ? Shape::routine : Shape::plain;
}

void CompoundTracker::feed(const SqlToken& token, const SqlLexer& rest) {
    if (shape_ == Shape::unknown) {
        read_head(token);
    } else if (shape_ == Shape::routine) {
        if (flavor_ == SqlFlavor::postgresql) {
            feed_postgresql(token, rest);
        } else if (flavor_ == SqlFlavor::sqlite) {
            feed_sqlite(token);
        } else {
            feed_mysql(token, rest);
        }
    }
    parentheses_ += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
    last_ = token;
}

// BEGIN ATOMIC … END. CASE … END is the only other pair; both words may be labels after AS or a dot.
void CompoundTracker::feed_postgresql(const SqlToken& token, const SqlLexer& rest) {
    if (last_.is("as") || last_.is_symbol('.')) {
        return;
    }
    if (token.is("begin") && blocks_.empty() && parentheses_ == 0) {
        SqlLexer ahead = rest;
        if (next_token(ahead).is("atomic")) {
            open(Block::begin, token);
        }
    } else if (token.is("case") && !blocks_.empty()) {
        open(Block::choice, token);
    } else if (token.is("end") && !blocks_.empty()) {
        blocks_.pop_back();
    }
}

// The rule of SQLite's own shell: a trigger ends with `; END ;`.
void CompoundTracker::feed_sqlite(const SqlToken& token) {
    if (token.is("begin") && blocks_.empty() && !end_of_body_ && parentheses_ == 0) {
        open(Block::begin, token);
    } else if (token.is("end") && last_.kind == Kind::delimiter && !blocks_.empty()) {
        blocks_.pop_back();
        end_of_body_ = true;
    }
}

// Where a statement of a body can begin, so that a word there is no name.
bool CompoundTracker::at_statement_start() const {
    return last_.kind == Kind::delimiter || last_.is_symbol(';') || last_.is_symbol(':') ||
           is_any(last_, {"begin", "then", "else", "do", "loop", "repeat", "atomic"});
}

void CompoundTracker::feed_mysql(const SqlToken& token, const SqlLexer& rest) {
    const bool after_end = after_end_;
    after_end_ = false;
    if (token.kind != Kind::word || last_.is_symbol('.') || last_.is_symbol('@')) {
        return;
    }
    if (token.is("end")) {
        close_mysql();
    } else if (!after_end) { // END IF, END LOOP, …
        open_mysql(token, rest);
    }
}

void CompoundTracker::open_mysql(const SqlToken& token, const SqlLexer& rest) {
    const bool start = blocks_.empty() ? parentheses_ == 0 : at_statement_start();
    if (token.is("case")) {
        open(Block::choice, token);
    } else if (token.is("begin") && start) {
        open(Block::begin, token);
    } else if (token.is("if") && start && is_if_statement(rest)) {
        open(Block::condition, token);
    } else if (is_any(token, {"loop", "while"}) && start) {
        open(Block::loop, token);
    } else if (token.is("repeat") && start && commas_in_parentheses(rest) != 1) {
        open(Block::repeat, token);
    } else if (token.is("for") && start && flavor_ == SqlFlavor::mariadb && is_for_loop(rest)) {
        open(Block::loop, token);
    }
}

// The END of a CASE expression or of REPEAT … UNTIL follows an expression; every other follows a statement.
void CompoundTracker::close_mysql() {
    if (blocks_.empty()) {
        return;
    }
    const Block block = blocks_.back().block;
    if (block == Block::choice || block == Block::repeat || at_statement_start()) {
        blocks_.pop_back();
        after_end_ = true;
    }
}

} // namespace turntable::migrate
