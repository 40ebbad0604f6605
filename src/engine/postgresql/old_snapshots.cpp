#include "old_snapshots.hpp"

#include <charconv>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "job_state.hpp"

namespace turntable::postgresql {

// Two signs must agree. backend_xmin: not newer than the writer; one long transaction anywhere holds
// everybody's back, so a session whose transaction began after the writer had committed for certain
// (`settled`) is let through. Sessions of turntable itself, of this job and of others, take a snapshot for
// each statement or read another table.
std::vector<Blocker> old_snapshots(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string state = job_objects(blueprint, detail).state;
    session.run(
        fmt::format("UPDATE {} SET settled = pg_catalog.clock_timestamp() WHERE settled IS NULL", state));
    const ResultSet found = session.run(fmt::format(
        "WITH mark AS (SELECT (writer & 4294967295)::text::xid AS writer, settled FROM {} WHERE writer IS"
        " NOT NULL)"
        " SELECT a.pid::text, a.usename::text, a.application_name, a.state, pg_catalog.left(a.query, 300),"
        " extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint"
        " FROM pg_catalog.pg_stat_activity a, mark WHERE a.datname = pg_catalog.current_database()"
        " AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid()"
        " AND a.application_name !~ '^turntable ([0-9a-z]+ worker )?[0-9a-f]{{8}}$'"
        " AND a.backend_xmin IS NOT NULL AND pg_catalog.age(a.backend_xmin) >= pg_catalog.age(mark.writer)"
        " AND (a.xact_start IS NULL OR a.xact_start <= mark.settled)"
        " UNION ALL"
        " SELECT 'prepared transaction ' || p.gid, p.owner::text, '', 'prepared', '',"
        " extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::bigint"
        " FROM pg_catalog.pg_prepared_xacts p, mark WHERE p.database = pg_catalog.current_database()"
        " AND pg_catalog.age(p.transaction) >= pg_catalog.age(mark.writer)",
        state));
    std::vector<Blocker> holders;
    for (const std::vector<Cell>& row : found.rows) {
        std::int64_t age = 0;
        if (row[5]) {
            std::from_chars(row[5]->data(), row[5]->data() + row[5]->size(), age);
        }
        holders.push_back({.session = row[0].value_or(""),
                           .user = row[1].value_or(""),
                           .application = row[2].value_or(""),
                           .state = row[3].value_or(""),
                           .query = row[4].value_or(""),
                           .age = Seconds{age}});
    }
    return holders;
}

// Where many sessions work, one of them has always begun before the last batch of the replay was committed,
// and is gone a moment later. Another batch would only meet the next one.
std::vector<Blocker> old_snapshots_that_stay(Session& session, const Blueprint& blueprint,
                                             const Detail& detail) {
    constexpr Millis patience{1000};
    constexpr Millis between_looks{5};
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        std::vector<Blocker> holders = old_snapshots(session, blueprint, detail);
        if (holders.empty() || std::chrono::steady_clock::now() >= until) {
            return holders;
        }
        std::this_thread::sleep_for(between_looks);
    }
}

} // namespace turntable::postgresql
