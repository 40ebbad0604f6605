#pragma once
// Edits of a CREATE TABLE text: each takes a definition and returns it with one thing changed, every other
// byte kept. Errors: Error{usage,"unknown_column"|"unknown_constraint"|…} with the name.

#include <string>

#include "create_table.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::string with_table_name(const std::string& text, const std::string& name);
// Without REFERENCES clauses and FOREIGN KEY constraints: neither a shadow nor a retired table may hold up a
// parent.
[[nodiscard]] std::string without_foreign_keys(const std::string& text);
// With a comment right after the opening parenthesis.
[[nodiscard]] std::string with_comment(const std::string& text, const std::string& comment);

[[nodiscard]] std::string with_column(const std::string& text, const std::string& definition);
[[nodiscard]] std::string without_column(const std::string& text, const std::string& column);
// Replaces the whole definition, the name included.
[[nodiscard]] std::string with_column_replaced(const std::string& text, const std::string& column,
                                               const std::string& definition);
[[nodiscard]] std::string with_type(const std::string& text, const std::string& column,
                                    const std::string& type);
[[nodiscard]] std::string with_not_null(const std::string& text, const std::string& column);
[[nodiscard]] std::string without_not_null(const std::string& text, const std::string& column);
[[nodiscard]] std::string with_default(const std::string& text, const std::string& column,
                                       const std::string& value);
[[nodiscard]] std::string with_collation(const std::string& text, const std::string& column,
                                         const std::string& collation);
[[nodiscard]] std::string without_default(const std::string& text, const std::string& column);

// An expression as DEFAULT takes it: a literal as it is, anything else in parentheses.
[[nodiscard]] std::string default_text(const std::string& expression);

[[nodiscard]] std::string with_constraint(const std::string& text, const std::string& constraint);
[[nodiscard]] std::string without_constraint(const std::string& text, const std::string& name);
// Replaces the PRIMARY KEY, wherever it is written, by a table constraint over these columns.
[[nodiscard]] std::string without_primary_key(const std::string& text);
[[nodiscard]] std::string with_primary_key(const std::string& text, const std::vector<std::string>& columns);

} // namespace turntable::sqlite
