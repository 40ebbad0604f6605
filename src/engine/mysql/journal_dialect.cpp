#include "journal_dialect.hpp"

#include <chrono>
#include <thread>

#include "catalog.hpp"
#include "process_list.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

constexpr std::chrono::seconds end_wait_max{60};
constexpr std::chrono::milliseconds end_poll{5};

void end_session(Session& session, const std::string& id) {
    try {
        session.run("KILL CONNECTION " + id);
    } catch (const DatabaseError& error) {
        if (error.native() != "1094") { // gone meanwhile
            throw;
        }
    }
}

// A killed session ends when its statement has noticed: until then a renaming that it sent may still happen,
// and whoever looks where the tables are would see half of it.
void wait_until_gone(Session& session, const std::string& id) {
    const auto until = std::chrono::steady_clock::now() + end_wait_max;
    while (session_exists(session, id)) {
        if (std::chrono::steady_clock::now() > until) {
            throw Error{ErrorKind::busy, "orphan_session",
                        "the session " + id + " of this job's earlier owner was killed and is still there"}
                .next("try again when SHOW PROCESSLIST does not list it any more");
        }
        std::this_thread::sleep_for(end_poll);
    }
}

} // namespace

std::string MysqlJournalDialect::table(std::string_view name) const {
    return quote_name("_turntable_" + std::string{name});
}

bool MysqlJournalDialect::exists(Session& session) const {
    return table_exists(session, current_schema(session), "_turntable_job");
}

void MysqlJournalDialect::end_orphans(Session& session, const std::string& job) const {
    // A session of the job holds the advisory lock that carries its own number.
    std::vector<std::string> orphans;
    for (const std::string& id : session_ids_here(session)) {
        if (id != session.server_id() && !own_.has(id) &&
            session.run("SELECT IS_USED_LOCK(?)", {session_lock_name(job, id)}).only() == id) {
            end_session(session, id);
            orphans.push_back(id);
        }
    }
    for (const std::string& id : orphans) {
        wait_until_gone(session, id);
    }
}

} // namespace turntable::mysql
