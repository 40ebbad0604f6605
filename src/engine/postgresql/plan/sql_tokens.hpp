#pragma once
// Tokens of SQL text by PostgreSQL's own scanner (libpg_query), and its parse tree as JSON text. Positions
// are bytes.

#include <cstdint>
#include <string>
#include <vector>

namespace turntable::postgresql {

struct Token {
    std::size_t start = 0, end = 0;
    int code = 0; // of the grammar: an ASCII character, or one of the codes below
};

inline constexpr int token_identifier = 258;
inline constexpr int token_sql_comment = 275;
inline constexpr int token_c_comment = 276;

// Throws Error{usage, "bad_sql"} with the server's message; about: what the text is, for the message.
[[nodiscard]] std::vector<Token> tokens_of(const std::string& sql, const std::string& about);
// The JSON parse tree of pg_query_parse. Throws as tokens_of.
[[nodiscard]] std::string parse_tree_of(const std::string& sql, const std::string& about);

// The text without its comments (each becomes a space).
[[nodiscard]] std::string without_comments(const std::string& sql, const std::string& about);

// Throws Error{usage, "name_too_long"} for an identifier that the server would cut silently.
void refuse_long_names(const std::string& sql, const std::vector<Token>& tokens);

} // namespace turntable::postgresql
