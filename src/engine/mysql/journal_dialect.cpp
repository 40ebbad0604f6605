#include "journal_dialect.hpp"

#include <fmt/format.h>

#include "catalog.hpp"
#include "quote.hpp"
#include "session.hpp"

namespace turntable::mysql {

std::string MysqlJournalDialect::table(std::string_view name) const {
    return quote_name("_turntable_" + std::string{name});
}

bool MysqlJournalDialect::exists(Session& session) const {
    return table_exists(session, current_schema(session), "_turntable_job");
}

void MysqlJournalDialect::end_orphans(Session& session, const std::string& job) const {
    // A session of the job holds the advisory lock that carries its own number.
    const ResultSet found = session.run(
        fmt::format("SELECT ID FROM information_schema.PROCESSLIST WHERE IS_USED_LOCK(CONCAT({}, ID)) = ID",
                    quote_text(session_lock_name(job, ""))));
    for (const auto& row : found.rows) {
        const std::string id = row[0].value_or("");
        if (id == session.server_id() || own_.has(id)) {
            continue;
        }
        try {
            session.run("KILL CONNECTION " + id);
        } catch (const DatabaseError& error) {
            if (error.native() != "1094") { // gone meanwhile
                throw;
            }
        }
    }
}

} // namespace turntable::mysql
