#include "syntax/postgresql.hpp"

#include <algorithm>
#include <memory>

#include <pg_query.h>

namespace turntable::syntax {

int postgresql_grammar() {
    return PG_VERSION_NUM / 10'000;
}

PostgresqlParse parse_postgresql(const std::string& sql) {
    const PgQueryParseResult result = pg_query_parse(sql.c_str());
    const std::unique_ptr<const PgQueryParseResult, void (*)(const PgQueryParseResult*)> guard{
        &result, [](const PgQueryParseResult* done) { pg_query_free_parse_result(*done); }};
    if (result.error != nullptr) {
        const int position = std::max(result.error->cursorpos, 1); // counts from one
        return {"", result.error->message, static_cast<std::size_t>(position) - 1};
    }
    return {result.parse_tree, "", 0};
}

} // namespace turntable::syntax
