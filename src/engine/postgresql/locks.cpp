#include "locks.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

std::string_view mode_name(TableLock lock) {
    switch (lock) {
    case TableLock::share_row_exclusive:
        return "SHARE ROW EXCLUSIVE";
    case TableLock::access_exclusive:
        return "ACCESS EXCLUSIVE";
    }
    return {};
}

// Readers do not stand in the way of SHARE ROW EXCLUSIVE.
std::string_view harmless_modes(TableLock lock) {
    switch (lock) {
    case TableLock::share_row_exclusive:
        return "'AccessShareLock', 'RowShareLock'";
    case TableLock::access_exclusive:
        return "''";
    }
    return {};
}

constexpr std::string_view autovacuum = "autovacuum worker";

Blocker blocker_of(const std::vector<Cell>& row) {
    Blocker blocker{.session = row[0].value_or(""),
                    .user = row[1].value_or(""),
                    .application = row[2].value_or(""),
                    .state = row[3].value_or(""),
                    .query = row[4].value_or(""),
                    .age = Seconds{0}};
    std::int64_t age = 0;
    if (row[5]) {
        std::from_chars(row[5]->data(), row[5]->data() + row[5]->size(), age);
    }
    blocker.age = Seconds{age};
    return blocker;
}

bool yields_to_others(const Blocker& blocker) {
    return blocker.state == autovacuum && blocker.query.find("to prevent wraparound") == std::string::npos;
}

} // namespace

bool lock_was_refused(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::lock_timeout || error.kind() == DatabaseErrorKind::transient;
}

bool lock_table(Session& session, const std::string& table, TableLock lock, Millis timeout) {
    session.run(fmt::format("SET LOCAL lock_timeout = {}", std::max<std::int64_t>(timeout.count(), 1)));
    try {
        session.run(Statement{fmt::format("LOCK TABLE {} IN {} MODE", table, mode_name(lock)),
                              {},
                              "lock the table",
                              lock == TableLock::access_exclusive ? Blocks::everyone_briefly
                                                                  : Blocks::writers_briefly});
    } catch (const DatabaseError& error) {
        if (!lock_was_refused(error)) {
            throw;
        }
        return false;
    }
    session.run("SET LOCAL lock_timeout = '10ms'");
    return true;
}

std::vector<Blocker> blockers_of(Session& session, const std::string& table, TableLock lock) {
    const ResultSet found = session.run(fmt::format(
        "SELECT DISTINCT coalesce(a.pid::text, 'prepared transaction ' || p.gid),"
        " coalesce(a.usename, p.owner)::text, a.application_name,"
        " CASE WHEN p.gid IS NOT NULL THEN 'prepared' WHEN a.backend_type = 'client backend' THEN a.state"
        // Roles without pg_read_all_stats see only who it is: an autovacuum is nobody.
        " WHEN a.backend_type IS NULL THEN CASE WHEN a.usesysid IS NULL THEN 'autovacuum worker' ELSE "
        "'hidden' END"
        " ELSE a.backend_type END, pg_catalog.left(a.query, 300),"
        " extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared))::bigint"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
        " LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.pid IS NULL"
        " AND l.virtualtransaction = '-1/' || p.transaction::text"
        " WHERE l.locktype = 'relation' AND l.granted AND l.relation = pg_catalog.to_regclass({})::oid"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname ="
        " pg_catalog.current_database()) AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()"
        " AND l.mode NOT IN ({})",
        literal(table), harmless_modes(lock)));
    std::vector<Blocker> blockers;
    for (const std::vector<Cell>& row : found.rows) {
        blockers.push_back(blocker_of(row));
    }
    return blockers;
}

std::optional<Millis> second_try(Session& session, const std::vector<Blocker>& blockers, Millis timeout) {
    const bool only_autovacuum = !blockers.empty() && std::ranges::all_of(blockers, yields_to_others);
    if (!only_autovacuum) {
        return std::nullopt;
    }
    try {
        for (const Blocker& blocker : blockers) {
            session.run("SELECT pg_catalog.pg_cancel_backend($1::int)", {blocker.session});
        }
        return timeout + Millis{1};
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::privilege) {
            throw;
        }
    }
    const std::int64_t deadlock_timeout =
        session.run("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'")
            .only_integer();
    return Millis{deadlock_timeout} + std::max(timeout, Millis{300});
}

} // namespace turntable::postgresql
