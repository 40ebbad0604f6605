#include "clauses.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <tuple>

#include "tokens.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::string upper(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

// Reads the tokens of one clause.
class Reader {
  public:
    Reader(std::vector<Token> tokens, std::string text)
        : tokens_(std::move(tokens)), text_(std::move(text)) {}

    // True, and past it, if the next tokens are these words.
    bool accept(std::initializer_list<std::string_view> words) {
        std::size_t at = at_;
        for (const std::string_view word : words) {
            const Token& token = tokens_[std::min(at, tokens_.size() - 1)];
            const bool fits = (token.kind == Token::Kind::word && upper(token.text) == word) ||
                              (token.kind == Token::Kind::symbol && token.text == word);
            if (!fits) {
                return false;
            }
            ++at;
        }
        at_ = at;
        return true;
    }

    std::string name() {
        const Token& token = tokens_[at_];
        if (token.kind != Token::Kind::word && token.kind != Token::Kind::name) {
            throw malformed("a name is missing");
        }
        ++at_;
        if (tokens_[at_].kind == Token::Kind::symbol && tokens_[at_].text == ".") {
            throw malformed("names of columns are written without the table");
        }
        return token.text;
    }

    // "t" or "d.t".
    std::pair<std::string, std::string> qualified_name() {
        const auto part = [this] {
            const Token& token = tokens_[at_];
            if (token.kind != Token::Kind::word && token.kind != Token::Kind::name) {
                throw malformed("the name of a table is missing");
            }
            ++at_;
            return token.text;
        };
        std::string first = part();
        return accept({"."}) ? std::pair{first, part()} : std::pair{std::string{}, first};
    }

    [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
    void skip() { at_ += at_ + 1 < tokens_.size() ? 1 : 0; }

    // True if the word stands anywhere in the rest, outside quotes.
    [[nodiscard]] bool mentions(std::string_view word) const {
        return std::any_of(
            tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
            [&](const Token& t) { return t.kind == Token::Kind::word && upper(t.text) == word; });
    }

    void expect_end() const {
        if (peek().kind != Token::Kind::end) {
            throw malformed("'" + peek().text + "' is not understood");
        }
    }

    [[nodiscard]] Error malformed(const std::string& why) const {
        return Error{ErrorKind::usage, "bad_clause",
                     "the ALTER clause \"" + text_ + "\" is not understood: " + why};
    }
    [[nodiscard]] Error unsupported(const std::string& why) const {
        return Error{ErrorKind::refused, "clause_not_supported",
                     "the ALTER clause \"" + text_ + "\" is not supported: " + why};
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::vector<Token> tokens_;
    std::string text_;
    std::size_t at_ = 0;
};

Clause clause(const Reader& reader, Clause::Kind kind, std::string column = {}, std::string new_name = {}) {
    return Clause{kind, reader.text(), std::move(column), std::move(new_name), {}, false, {}};
}

bool definition_fills_itself(const Reader& reader) {
    return reader.mentions("DEFAULT") || reader.mentions("AUTO_INCREMENT") || reader.mentions("AS") ||
           reader.mentions("SERIAL");
}

void refuse_inline_reference(const Reader& reader) {
    if (reader.mentions("REFERENCES")) {
        throw reader.unsupported("a foreign key within a column; add the foreign key in a change of its own");
    }
}

std::vector<std::string> column_list(Reader& reader) {
    if (!reader.accept({"("})) {
        throw reader.malformed("a list of columns is missing");
    }
    std::vector<std::string> columns;
    do {
        columns.push_back(reader.name());
    } while (reader.accept({","}));
    if (!reader.accept({")"})) {
        throw reader.malformed("a parenthesis is not closed");
    }
    return columns;
}

std::string referential_action(Reader& reader) {
    for (const std::string_view word : {"RESTRICT", "CASCADE"}) {
        if (reader.accept({word})) {
            return std::string{word};
        }
    }
    if (reader.accept({"SET", "NULL"})) {
        return "SET NULL";
    }
    if (reader.accept({"NO", "ACTION"})) {
        return "NO ACTION";
    }
    if (reader.accept({"SET", "DEFAULT"})) {
        throw reader.unsupported("InnoDB has no SET DEFAULT");
    }
    throw reader.malformed("RESTRICT, CASCADE, SET NULL or NO ACTION is missing");
}

// After FOREIGN KEY.
Clause add_foreign_key(Reader& reader, std::string name) {
    if (reader.accept({"IF"})) {
        throw reader.unsupported("IF NOT EXISTS: say whether it is to be made");
    }
    Clause out = clause(reader, Clause::Kind::add_foreign_key);
    WrittenKey& key = out.key;
    key.name = std::move(name);
    if (reader.peek().kind != Token::Kind::symbol) {
        key.index = reader.name();
    }
    key.columns = column_list(reader);
    if (!reader.accept({"REFERENCES"})) {
        throw reader.malformed("REFERENCES is missing");
    }
    std::tie(key.parent_schema, key.parent) = reader.qualified_name();
    key.parent_columns = column_list(reader);
    if (reader.accept({"MATCH"})) {
        throw reader.unsupported("the server ignores MATCH, or what follows it");
    }
    while (reader.accept({"ON"})) {
        const bool of_delete = reader.accept({"DELETE"});
        if (!of_delete && !reader.accept({"UPDATE"})) {
            throw reader.malformed("DELETE or UPDATE is missing");
        }
        (of_delete ? key.on_delete : key.on_update) = referential_action(reader);
    }
    reader.expect_end();
    return out;
}

// ADD (a INT, b INT): the names at the top level of the parentheses.
std::vector<std::string> names_in_parentheses(Reader& reader) {
    std::vector<std::string> names;
    int depth = 1;
    names.push_back(reader.name());
    while (reader.peek().kind != Token::Kind::end && depth > 0) {
        const Token token = reader.peek();
        reader.skip();
        if (token.kind != Token::Kind::symbol) {
            continue;
        }
        depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
        if (token.text == "," && depth == 1) {
            names.push_back(reader.name());
        }
    }
    if (depth != 0) {
        throw reader.malformed("a parenthesis is not closed");
    }
    reader.expect_end();
    return names;
}

Clause add_column(Reader& reader) {
    refuse_inline_reference(reader);
    Clause out = clause(reader, Clause::Kind::add_column);
    out.has_default = definition_fills_itself(reader);
    if (reader.accept({"("})) {
        out.added = names_in_parentheses(reader);
    } else {
        static_cast<void>(reader.accept({"IF", "NOT", "EXISTS"}));
        out.added.push_back(reader.name());
    }
    out.column = out.added.front();
    return out;
}

std::optional<Clause> add_constraint(Reader& reader) {
    std::string name;
    if (reader.accept({"CONSTRAINT"})) {
        const Token next = reader.peek();
        const bool named =
            next.kind == Token::Kind::name ||
            (next.kind == Token::Kind::word && upper(next.text) != "CHECK" && upper(next.text) != "UNIQUE" &&
             upper(next.text) != "PRIMARY" && upper(next.text) != "FOREIGN");
        if (named) {
            name = next.text;
            reader.skip();
        }
    }
    if (reader.accept({"FOREIGN", "KEY"})) {
        return add_foreign_key(reader, std::move(name));
    }
    if (reader.accept({"PRIMARY", "KEY"})) {
        return clause(reader, Clause::Kind::add_primary_key);
    }
    if (reader.accept({"CHECK"})) {
        return clause(reader, Clause::Kind::add_check);
    }
    for (const std::string_view word : {"UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL"}) {
        if (reader.accept({word})) {
            return clause(reader, Clause::Kind::add_index);
        }
    }
    return std::nullopt;
}

Clause parse_add(Reader& reader) {
    if (reader.accept({"SYSTEM"}) || reader.accept({"PERIOD"})) {
        throw reader.unsupported("system versioning");
    }
    if (reader.accept({"PARTITION"})) {
        throw reader.unsupported("partitions are changed by the server's own statement");
    }
    if (reader.accept({"VECTOR"})) {
        throw reader.unsupported("vector indexes");
    }
    if (const auto constraint = add_constraint(reader)) {
        return *constraint;
    }
    static_cast<void>(reader.accept({"COLUMN"}));
    return add_column(reader);
}

Clause parse_drop(Reader& reader) {
    if (reader.accept({"PRIMARY", "KEY"})) {
        reader.expect_end();
        return clause(reader, Clause::Kind::drop_primary_key);
    }
    if (reader.accept({"PARTITION"}) || reader.accept({"SYSTEM"})) {
        throw reader.unsupported("it is the server's own statement");
    }
    auto kind = Clause::Kind::drop_column;
    if (reader.accept({"INDEX"}) || reader.accept({"KEY"})) {
        kind = Clause::Kind::drop_index;
    } else if (reader.accept({"CHECK"})) {
        kind = Clause::Kind::drop_check;
    } else if (reader.accept({"CONSTRAINT"})) {
        kind = Clause::Kind::drop_constraint;
    } else if (reader.accept({"FOREIGN", "KEY"})) {
        kind = Clause::Kind::drop_foreign_key;
    } else {
        static_cast<void>(reader.accept({"COLUMN"}));
    }
    static_cast<void>(reader.accept({"IF", "EXISTS"}));
    Clause out = clause(reader, kind, reader.name());
    static_cast<void>(reader.accept({"RESTRICT"}) || reader.accept({"CASCADE"}));
    reader.expect_end();
    return out;
}

Clause parse_rename(Reader& reader) {
    auto kind = Clause::Kind::rename_column;
    if (reader.accept({"INDEX"}) || reader.accept({"KEY"})) {
        kind = Clause::Kind::rename_index;
    } else if (!reader.accept({"COLUMN"})) {
        throw reader.unsupported("the table keeps its name; rename it by the server's own statement");
    }
    static_cast<void>(reader.accept({"IF", "EXISTS"}));
    const std::string from = reader.name();
    if (!reader.accept({"TO"})) {
        throw reader.malformed("TO is missing");
    }
    Clause out = clause(reader, kind, from, reader.name());
    reader.expect_end();
    return out;
}

Clause parse_redefine(Reader& reader, Clause::Kind kind) {
    refuse_inline_reference(reader);
    static_cast<void>(reader.accept({"COLUMN"}));
    static_cast<void>(reader.accept({"IF", "EXISTS"}));
    const std::string from = reader.name();
    Clause out = clause(reader, kind, from, kind == Clause::Kind::change_column ? reader.name() : from);
    if (reader.peek().kind == Token::Kind::end) {
        throw reader.malformed("the column's type is missing");
    }
    return out;
}

Clause parse_alter(Reader& reader) {
    if (reader.accept({"INDEX"}) || reader.accept({"KEY"})) {
        static_cast<void>(reader.accept({"IF", "EXISTS"}));
        return clause(reader, Clause::Kind::alter_index, reader.name());
    }
    if (reader.accept({"CHECK"}) || reader.accept({"CONSTRAINT"})) {
        return clause(reader, Clause::Kind::alter_check, reader.name());
    }
    static_cast<void>(reader.accept({"COLUMN"}));
    static_cast<void>(reader.accept({"IF", "EXISTS"}));
    Clause out = clause(reader, Clause::Kind::alter_column, reader.name());
    if (!reader.accept({"SET"}) && !reader.accept({"DROP"})) {
        throw reader.malformed("SET or DROP is missing");
    }
    return out;
}

Clause parse_option(Reader& reader) {
    if (reader.accept({"ENGINE"})) {
        static_cast<void>(reader.accept({"="}));
        if (!reader.accept({"INNODB"})) {
            throw reader.unsupported("the only storage engine handled is InnoDB");
        }
        reader.expect_end();
        return clause(reader, Clause::Kind::table_option);
    }
    constexpr std::array<std::string_view, 16> options{
        "ROW_FORMAT",     "COMMENT",        "AUTO_INCREMENT",    "KEY_BLOCK_SIZE", "STATS_PERSISTENT",
        "DEFAULT",        "CHARSET",        "STATS_AUTO_RECALC", "CHARACTER",      "STATS_SAMPLE_PAGES",
        "COLLATE",        "AVG_ROW_LENGTH", "MAX_ROWS",          "MIN_ROWS",       "COMPRESSION",
        "PAGE_COMPRESSED"};
    for (const std::string_view option : options) {
        if (reader.accept({option})) {
            return clause(reader, Clause::Kind::table_option);
        }
    }
    throw reader.unsupported("it begins with a word that this version does not handle");
}

Clause parse_clause(Reader reader) {
    if (reader.accept({"ADD"})) {
        return parse_add(reader);
    }
    if (reader.accept({"DROP"})) {
        return parse_drop(reader);
    }
    if (reader.accept({"RENAME"})) {
        return parse_rename(reader);
    }
    if (reader.accept({"CHANGE"})) {
        return parse_redefine(reader, Clause::Kind::change_column);
    }
    if (reader.accept({"MODIFY"})) {
        return parse_redefine(reader, Clause::Kind::modify_column);
    }
    if (reader.accept({"ALTER"})) {
        return parse_alter(reader);
    }
    if (reader.accept({"CONVERT", "TO"})) {
        return clause(reader, Clause::Kind::convert_charset);
    }
    if (reader.accept({"FORCE"})) {
        reader.expect_end();
        return clause(reader, Clause::Kind::rebuild);
    }
    if (reader.accept({"ALGORITHM"}) || reader.accept({"LOCK"})) {
        throw reader.unsupported("the algorithm and the lock are what the strategy decides (--strategy)");
    }
    return parse_option(reader);
}

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string_view::npos
               ? std::string{}
               : std::string{text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1)};
}

} // namespace

std::vector<Clause> parse_clauses(std::string_view text) {
    const std::vector<Token> tokens = tokens_of(text);
    std::vector<Clause> clauses;
    std::vector<Token> part;
    std::size_t begin = 0;
    int depth = 0;
    for (const Token& token : tokens) {
        const bool separator = depth == 0 && token.kind == Token::Kind::symbol && token.text == ",";
        if (token.kind == Token::Kind::symbol) {
            if (token.text == ";") {
                throw Error{ErrorKind::usage, "bad_clause", "an ALTER clause has no ';'"};
            }
            depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
        }
        if (!separator && token.kind != Token::Kind::end) {
            part.push_back(token);
            continue;
        }
        if (part.empty()) {
            throw Error{ErrorKind::usage, "bad_clause", "an ALTER clause is empty"};
        }
        part.push_back({Token::Kind::end, "", token.begin, token.begin});
        clauses.push_back(parse_clause({std::move(part), trimmed(text.substr(begin, token.begin - begin))}));
        part = {};
        begin = token.end;
    }
    if (depth != 0) {
        throw Error{ErrorKind::usage, "bad_clause", "the parentheses of an ALTER clause do not match"};
    }
    return clauses;
}

} // namespace turntable::mysql
