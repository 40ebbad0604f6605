#pragma once
// PostgreSQL's own grammar (libpg_query), for what reads SQL without a server. The only place outside the
// PostgreSQL engine that knows the library.

#include <string>

namespace turntable::syntax {

struct PostgresqlParse {
    std::string tree;         // JSON, "" if the text does not parse
    std::string error;        // the parser's message, "" if it does
    std::size_t error_at = 0; // byte of the text that it stumbled over
};

// The major version whose grammar it is.
[[nodiscard]] int postgresql_grammar();

[[nodiscard]] PostgresqlParse parse_postgresql(const std::string& sql);

} // namespace turntable::syntax
