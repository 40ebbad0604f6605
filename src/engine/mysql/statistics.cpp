#include "statistics.hpp"

#include <fmt/format.h>

#include "quote.hpp"

namespace turntable::mysql {
namespace {

std::vector<std::string> histograms(Session& session, const Table& source, const Blueprint& blueprint) {
    const ResultSet found = session.run(
        "SELECT COLUMN_NAME, HISTOGRAM->>'$.\"number-of-buckets-specified\"', "
        "HISTOGRAM->>'$.\"auto-update\"' FROM "
        "information_schema.COLUMN_STATISTICS WHERE SCHEMA_NAME = ? AND TABLE_NAME = ? ORDER BY 1",
        {source.schema, source.name});
    std::vector<std::string> clauses;
    for (const auto& row : found.rows) {
        for (const MappedColumn& column : blueprint.columns) {
            if (column.source && same_name(*column.source, row[0].value_or(""))) {
                clauses.push_back(fmt::format(" UPDATE HISTOGRAM ON {} WITH {} BUCKETS{}",
                                              quote_name(column.target), row[1].value_or("100"),
                                              row[2] == "true" ? " AUTO UPDATE" : ""));
            }
        }
    }
    return clauses;
}

// Its account need not be allowed to read the server's own tables: then nothing is known, and nothing done.
std::vector<std::string> engine_independent(Session& session, const Table& source) {
    try {
        return session.run("SELECT COUNT(*) FROM mysql.table_stats WHERE db_name = ? AND table_name = ?",
                           {source.schema, source.name})
                           .only_integer() > 0
                   ? std::vector<std::string>{" PERSISTENT FOR ALL"}
                   : std::vector<std::string>{};
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::privilege) {
            throw;
        }
        return {};
    }
}

} // namespace

std::vector<std::string> kept_statistics(Session& session, ServerKind kind, const Table& source,
                                         const Blueprint& blueprint) {
    return kind == ServerKind::mysql ? histograms(session, source, blueprint)
                                     : engine_independent(session, source);
}

} // namespace turntable::mysql
