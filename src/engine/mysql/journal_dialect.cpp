#include "journal_dialect.hpp"

#include <thread>

#include <fmt/format.h>

#include "catalog.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "turntable/error.hpp"
#include "turntable/units.hpp"

namespace turntable::mysql {

std::string MysqlJournalDialect::table(std::string_view name) const {
    return quote_name("_turntable_" + std::string{name});
}

bool MysqlJournalDialect::exists(Session& session) const {
    return table_exists(session, current_schema(session), "_turntable_job");
}

// A killed session rolls back what it runs before it is gone, and its lock with it: until then it holds the
// table.
void MysqlJournalDialect::end_orphans(Session& session, const std::string& job) const {
    constexpr int looks_max = 200;
    for (int look = 0; look < looks_max; ++look) {
        if (!end_those_found(session, job)) {
            return;
        }
        std::this_thread::sleep_for(Millis{50});
    }
    throw Error{ErrorKind::busy, "orphans_alive",
                "sessions of the job's earlier owner do not end: they hold its locks"}
        .next("look for them in the process list");
}

// False: there was none.
bool MysqlJournalDialect::end_those_found(Session& session, const std::string& job) const {
    // A session of the job holds the advisory lock that carries its own number.
    const ResultSet found = session.run(
        fmt::format("SELECT ID FROM information_schema.PROCESSLIST WHERE IS_USED_LOCK(CONCAT({}, ID)) = ID",
                    quote_text(session_lock_name(job, ""))));
    bool any = false;
    for (const auto& row : found.rows) {
        const std::string id = row[0].value_or("");
        if (id == session.server_id() || own_.has(id)) {
            continue;
        }
        any = true;
        try {
            session.run("KILL CONNECTION " + id);
        } catch (const DatabaseError& error) {
            if (error.native() != "1094") { // gone meanwhile
                throw;
            }
        }
    }
    return any;
}

} // namespace turntable::mysql
