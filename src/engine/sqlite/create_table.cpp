#include "create_table.hpp"

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

Error unreadable(const Tokens& tokens, std::size_t i, const std::string& expected) {
    return Error{ErrorKind::refused, "unreadable_definition",
                 "expected " + expected + " before '" + std::string{tokens.raw(i)} +
                     "' in: " + tokens.text()};
}

class Parser {
  public:
    Parser(const Tokens& tokens, std::size_t at) : tokens_(tokens), at_(at) {}
    [[nodiscard]] std::size_t position() const { return at_; }

    ColumnDefinition column() {
        ColumnDefinition out;
        const std::size_t begin = at_;
        out.name = take_name("a column name");
        const std::size_t type_begin = at_;
        take_type();
        out.type_tokens = {type_begin, at_};
        out.type = tokens_.slice(out.type_tokens);
        while (auto constraint = column_constraint()) {
            out.constraints.push_back(std::move(*constraint));
        }
        out.tokens = {begin, at_};
        return out;
    }

    std::optional<TableConstraint> table_constraint() {
        TableConstraint out;
        const std::size_t begin = at_;
        out.name = constraint_name();
        if (accept("PRIMARY")) {
            require("KEY");
            out.kind = TableConstraint::Kind::primary_key;
            out.columns = indexed_columns();
            conflict_clause();
        } else if (accept("UNIQUE")) {
            out.kind = TableConstraint::Kind::unique;
            out.columns = indexed_columns();
            conflict_clause();
        } else if (accept("CHECK")) {
            out.kind = TableConstraint::Kind::check;
            take_parenthesis();
            conflict_clause();
        } else if (accept("FOREIGN")) {
            require("KEY");
            out.kind = TableConstraint::Kind::foreign_key;
            out.columns = indexed_columns();
            require("REFERENCES");
            references();
        } else if (out.name.empty()) {
            return std::nullopt;
        } else {
            throw unreadable(tokens_, at_, "a table constraint");
        }
        out.tokens = {begin, at_};
        return out;
    }

  private:
    bool accept(std::string_view word) {
        const bool found = tokens_.is(at_, word);
        at_ += found ? 1 : 0;
        return found;
    }
    void require(std::string_view word) {
        if (!accept(word)) {
            throw unreadable(tokens_, at_, std::string{word});
        }
    }
    std::string take_name(const char* what) {
        if (!tokens_.is_name(at_)) {
            throw unreadable(tokens_, at_, what);
        }
        return tokens_.name(at_++);
    }
    void take_parenthesis() {
        if (!tokens_.is(at_, "(")) {
            throw unreadable(tokens_, at_, "(");
        }
        at_ = tokens_.after_parenthesis(at_);
    }

    [[nodiscard]] bool at_constraint() const {
        for (const char* const word :
             {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES",
              "GENERATED", "AS", "FOREIGN", "DEFERRABLE", "ON"}) {
            if (tokens_.is(at_, word)) {
                return true;
            }
        }
        return false;
    }

    void take_type() {
        while (tokens_.is_name(at_) && !at_constraint()) {
            ++at_;
        }
        if (tokens_.is(at_, "(")) {
            take_parenthesis();
        }
    }

    std::string constraint_name() {
        return accept("CONSTRAINT") ? take_name("a constraint name") : std::string{};
    }

    void conflict_clause() {
        if (tokens_.is(at_, "ON") && tokens_.is(at_ + 1, "CONFLICT")) {
            at_ += 3;
        }
    }

    std::vector<std::string> indexed_columns() {
        if (!tokens_.is(at_, "(")) {
            throw unreadable(tokens_, at_, "(");
        }
        const std::size_t after = tokens_.after_parenthesis(at_);
        std::vector<std::string> out;
        std::size_t depth = 0;
        for (bool first = true; at_ + 1 < after; ++at_) {
            depth += tokens_.is(at_, "(") ? 1 : 0;
            depth -= tokens_.is(at_, ")") ? 1 : 0;
            first = first || (depth == 1 && tokens_.is(at_, ","));
            if (first && tokens_.is_name(at_ + 1)) {
                out.push_back(tokens_.name(at_ + 1));
            }
            first = false;
        }
        at_ = after;
        return out;
    }

    // After REFERENCES.
    void references() {
        (void)take_name("a table name");
        if (tokens_.is(at_, "(")) {
            take_parenthesis();
        }
        for (;;) {
            if (tokens_.is(at_, "ON") && !tokens_.is(at_ + 1, "CONFLICT")) {
                at_ += 2;
                at_ +=
                    tokens_.is(at_, "SET") || tokens_.is(at_, "NO") ? 2 : 1; // SET NULL, NO ACTION, CASCADE
            } else if (accept("MATCH")) {
                ++at_;
            } else if (tokens_.is(at_, "NOT") && tokens_.is(at_ + 1, "DEFERRABLE")) {
                at_ += 2;
            } else if (accept("INITIALLY")) {
                ++at_;
            } else if (!accept("DEFERRABLE")) {
                return;
            }
        }
    }

    std::string default_value() {
        const std::size_t begin = at_;
        if (tokens_.is(at_, "(")) {
            take_parenthesis();
        } else {
            at_ += tokens_.is(at_, "+") || tokens_.is(at_, "-") ? 2 : 1;
        }
        return tokens_.slice({begin, at_});
    }

    void primary_key(ColumnConstraint& out) {
        require("KEY");
        (void)(accept("ASC") || accept("DESC"));
        conflict_clause();
        if (accept("AUTOINCREMENT")) {
            out.value = "AUTOINCREMENT";
        }
    }

    bool constraint_body(ColumnConstraint& out) {
        using Kind = ColumnConstraint::Kind;
        if (accept("PRIMARY")) {
            out.kind = Kind::primary_key;
            primary_key(out);
        } else if (tokens_.is(at_, "NOT") && tokens_.is(at_ + 1, "NULL")) {
            at_ += 2;
            out.kind = Kind::not_null;
            conflict_clause();
        } else if (accept("NULL")) {
            out.kind = Kind::null;
            conflict_clause();
        } else if (accept("UNIQUE")) {
            out.kind = Kind::unique;
            conflict_clause();
        } else if (accept("CHECK")) {
            out.kind = Kind::check;
            take_parenthesis();
        } else if (accept("DEFAULT")) {
            out.kind = Kind::default_value;
            out.value = default_value();
        } else if (accept("COLLATE")) {
            out.kind = Kind::collate;
            out.value = take_name("a collation");
        } else if (accept("REFERENCES")) {
            out.kind = Kind::references;
            references();
        } else if (tokens_.is(at_, "GENERATED") || tokens_.is(at_, "AS")) {
            out.kind = Kind::generated;
            if (accept("GENERATED")) {
                require("ALWAYS");
            }
            require("AS");
            take_parenthesis();
            (void)(accept("STORED") || accept("VIRTUAL"));
        } else {
            return false;
        }
        return true;
    }

    std::optional<ColumnConstraint> column_constraint() {
        ColumnConstraint out;
        const std::size_t begin = at_;
        out.name = constraint_name();
        if (!constraint_body(out) && out.name.empty()) {
            return std::nullopt;
        }
        out.tokens = {begin, at_};
        return out;
    }

    const Tokens& tokens_;
    std::size_t at_;
};

void read_options(CreateTable& out) {
    const Tokens& tokens = *out.tokens;
    for (std::size_t i = out.close + 1; i < tokens.size(); ++i) {
        if (tokens.is(i, "STRICT")) {
            out.strict = true;
        } else if (tokens.is(i, "WITHOUT") && tokens.is(i + 1, "ROWID")) {
            out.without_rowid = true;
            ++i;
        } else if (!tokens.is(i, ",") && !tokens.is(i, ";")) {
            throw unreadable(tokens, i, "STRICT or WITHOUT ROWID");
        }
    }
}

void read_items(CreateTable& out) {
    const Tokens& tokens = *out.tokens;
    std::size_t i = out.open + 1;
    while (i < out.close) {
        if (auto constraint = parse_table_constraint(tokens, i)) {
            out.constraints.push_back(std::move(*constraint));
        } else if (out.constraints.empty()) {
            out.columns.push_back(parse_column(tokens, i));
        } else {
            throw unreadable(tokens, i, "a table constraint");
        }
        if (tokens.is(i, ",")) {
            ++i;
        }
    }
}

} // namespace

const ColumnConstraint* ColumnDefinition::find(ColumnConstraint::Kind kind) const {
    for (const ColumnConstraint& constraint : constraints) {
        if (constraint.kind == kind) {
            return &constraint;
        }
    }
    return nullptr;
}

const ColumnDefinition* CreateTable::find(const std::string& column) const {
    for (const ColumnDefinition& definition : columns) {
        if (same_name(definition.name, column)) {
            return &definition;
        }
    }
    return nullptr;
}

ColumnDefinition parse_column(const Tokens& tokens, std::size_t& i) {
    Parser parser{tokens, i};
    ColumnDefinition out = parser.column();
    i = parser.position();
    return out;
}

std::optional<TableConstraint> parse_table_constraint(const Tokens& tokens, std::size_t& i) {
    Parser parser{tokens, i};
    auto out = parser.table_constraint();
    i = out ? parser.position() : i;
    return out;
}

CreateTable CreateTable::parse(const std::string& text) {
    CreateTable out;
    out.tokens = std::make_shared<const Tokens>(text);
    const Tokens& tokens = *out.tokens;
    if (!tokens.is(0, "CREATE") || !tokens.is(1, "TABLE") || !tokens.is_name(2) || !tokens.is(3, "(")) {
        throw unreadable(tokens, 0, "CREATE TABLE name (");
    }
    out.name_token = 2;
    out.name = tokens.name(2);
    out.open = 3;
    out.close = tokens.after_parenthesis(3) - 1;
    read_items(out);
    read_options(out);
    for (const ColumnDefinition& column : out.columns) {
        const ColumnConstraint* const key = column.find(ColumnConstraint::Kind::primary_key);
        out.autoincrement = out.autoincrement || (key != nullptr && key->value == "AUTOINCREMENT");
    }
    for (const TableConstraint& constraint : out.constraints) {
        // PRIMARY KEY (id AUTOINCREMENT) as a table constraint is allowed, too.
        for (std::size_t i = constraint.tokens.begin; i < constraint.tokens.end; ++i) {
            out.autoincrement = out.autoincrement || (constraint.kind == TableConstraint::Kind::primary_key &&
                                                      tokens.is(i, "AUTOINCREMENT"));
        }
    }
    return out;
}

} // namespace turntable::sqlite
