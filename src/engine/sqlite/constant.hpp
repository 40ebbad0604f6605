#pragma once
// Expressions looked at by themselves: is one a literal, what is its value, which columns does it name.

#include <string>
#include <vector>

namespace turntable::sqlite {

// A literal, with or without a sign or parentheses; not CURRENT_TIMESTAMP and the like.
[[nodiscard]] bool is_constant(const std::string& expression);

// The value that rows which exist take from a default: the literal itself, or the expression evaluated once.
// Throws Error{refused,"volatile_expression"} if every row would get another value.
[[nodiscard]] std::string value_once(const std::string& expression, const std::string& about);

// Throws Error{refused,"volatile_expression"} if the expression over these columns can change from one
// evaluation to the next (a subquery can, too): it could be neither replayed nor verified. Throws
// Error{usage,"bad_expression"} if SQLite does not understand it.
void require_deterministic(const std::string& expression, const std::vector<std::string>& columns,
                           const std::string& about);

// The only cell of a query over no table, as an SQL literal.
[[nodiscard]] std::string literal_of(const std::string& query);

// Does the text name the column, outside strings? May say yes for an alias or a function of that name.
[[nodiscard]] bool mentions(const std::string& expression, const std::string& column);

} // namespace turntable::sqlite
