#include "migrate/sql/cursor.hpp"

#include <algorithm>

namespace turntable::migrate {

using Kind = SqlToken::Kind;

SqlCursor::SqlCursor(std::string_view sql, SqlFlavor flavor) : flavor_(flavor) {
    SqlLexer lexer{sql, flavor};
    while (true) {
        const SqlToken token = lexer.next();
        if (token.kind != Kind::comment && token.kind != Kind::open_comment &&
            token.kind != Kind::close_comment) {
            tokens_.push_back(token);
        }
        if (token.kind == Kind::end) {
            return;
        }
    }
}

const SqlToken& SqlCursor::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool SqlCursor::sees_any(std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [this](std::string_view word) { return sees(word); });
}

bool SqlCursor::take(std::string_view word) {
    if (!sees(word)) {
        return false;
    }
    ++at_;
    return true;
}

bool SqlCursor::take(std::string_view first, std::string_view second) {
    if (!sees(first) || !peek(1).is(second)) {
        return false;
    }
    at_ += 2;
    return true;
}

bool SqlCursor::take(std::string_view first, std::string_view second, std::string_view third) {
    if (!sees(first) || !peek(1).is(second) || !peek(2).is(third)) {
        return false;
    }
    at_ += 3;
    return true;
}

bool SqlCursor::take_any(std::initializer_list<std::string_view> words) {
    if (!sees_any(words)) {
        return false;
    }
    ++at_;
    return true;
}

bool SqlCursor::take_symbol(char c) {
    if (!sees_symbol(c)) {
        return false;
    }
    ++at_;
    return true;
}

SqlToken SqlCursor::take_token() {
    if (at_end()) {
        stop();
    }
    return tokens_[at_++];
}

std::string SqlCursor::name() {
    const SqlToken& token = peek();
    const bool quoted_as_string = flavor_ == SqlFlavor::sqlite && token.kind == Kind::string;
    if (token.kind != Kind::word && token.kind != Kind::name && !quoted_as_string) {
        stop();
    }
    ++at_;
    return token.value(flavor_);
}

TableName SqlCursor::table() {
    std::string first = name();
    if (!take_symbol('.')) {
        return {"", std::move(first)};
    }
    return {std::move(first), name()};
}

std::string SqlCursor::value() {
    const SqlToken token = take_token();
    if (token.kind == Kind::symbol && token.text != "-" && token.text != "+" && token.text != "*") {
        --at_;
        stop();
    }
    std::string text = token.value(flavor_);
    if (token.kind == Kind::symbol && peek().kind == Kind::number) {
        text += take_token().text;
    }
    return text;
}

std::vector<SqlToken> SqlCursor::parenthesized() {
    expect_symbol('(');
    std::vector<SqlToken> inner;
    for (int depth = 1; true;) {
        const SqlToken token = take_token();
        depth += token.is_symbol('(') ? 1 : token.is_symbol(')') ? -1 : 0;
        if (depth == 0) {
            return inner;
        }
        inner.push_back(token);
    }
}

void SqlCursor::expect(std::string_view word) {
    if (!take(word)) {
        stop();
    }
}

void SqlCursor::expect_symbol(char c) {
    if (!take_symbol(c)) {
        stop();
    }
}

void SqlCursor::expect_end() const {
    if (!at_end()) {
        stop();
    }
}

bool SqlCursor::has_ahead(std::string_view word) const {
    int depth = 0;
    for (std::size_t i = at_; i < tokens_.size(); ++i) {
        depth += tokens_[i].is_symbol('(') ? 1 : tokens_[i].is_symbol(')') ? -1 : 0;
        if (depth == 0 && tokens_[i].is(word)) {
            return true;
        }
    }
    return false;
}

void SqlCursor::skip_clause() {
    while (!at_end() && !sees_symbol(',') && !sees_symbol(')')) {
        if (sees_symbol('(')) {
            skip_parenthesized();
        } else {
            ++at_;
        }
    }
}

void SqlCursor::stop() const {
    std::string near;
    for (std::size_t i = at_; i < std::min(at_ + 4, tokens_.size()); ++i) {
        near += (near.empty() ? "" : " ") + std::string{tokens_[i].text.substr(0, 40)};
    }
    throw NotUnderstood{near.empty() ? "the end" : near};
}

} // namespace turntable::migrate
