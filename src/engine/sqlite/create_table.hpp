#pragma once
// A CREATE TABLE as SQLite stores it, taken apart into token ranges: enough to edit it without touching the
// rest.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tokenizer.hpp"

namespace turntable::sqlite {

struct ColumnConstraint {
    enum class Kind {
        primary_key,
        not_null,
        null,
        unique,
        check,
        default_value,
        collate,
        references,
        generated,
        empty
    };
    Kind kind = Kind::empty;
    std::string name; // of CONSTRAINT name
    TokenRange tokens;
    std::string value; // collate: the collation; default_value: the expression as written
};

struct ColumnDefinition {
    std::string name;
    std::string type;       // as written, "" if none
    TokenRange type_tokens; // empty: it stands after the name
    std::vector<ColumnConstraint> constraints;
    TokenRange tokens;

    [[nodiscard]] const ColumnConstraint* find(ColumnConstraint::Kind kind) const;
};

struct TableConstraint {
    enum class Kind { primary_key, unique, check, foreign_key };
    Kind kind = Kind::check;
    std::string name;
    std::vector<std::string> columns; // of primary_key, unique, foreign_key
    TokenRange tokens;
};

struct CreateTable {
    std::shared_ptr<const Tokens> tokens; // shared by the copies of a parsed definition
    std::string name;
    std::size_t name_token = 0, open = 0, close = 0;
    std::vector<ColumnDefinition> columns;
    std::vector<TableConstraint> constraints;
    bool strict = false, without_rowid = false, autoincrement = false;

    // Throws Error{refused,"unreadable_definition"}.
    [[nodiscard]] static CreateTable parse(const std::string& text);
    [[nodiscard]] const ColumnDefinition* find(const std::string& column) const;
};

// Parses "name [type] [constraint…]" that starts at token i and ends before a comma or parenthesis of its
// level.
[[nodiscard]] ColumnDefinition parse_column(const Tokens& tokens, std::size_t& i);
// Parses a table constraint that starts at token i; nullopt if none does.
[[nodiscard]] std::optional<TableConstraint> parse_table_constraint(const Tokens& tokens, std::size_t& i);

} // namespace turntable::sqlite
