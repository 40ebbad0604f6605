#include "short_lock.hpp"

#include <algorithm>

#include "server.hpp"

namespace turntable::mysql {
namespace {

constexpr std::string_view mysql_blockers =
    "SELECT t.PROCESSLIST_ID, t.PROCESSLIST_USER, COALESCE(t.PROCESSLIST_HOST, ''), "
    "COALESCE(t.PROCESSLIST_STATE, ''), "
    "COALESCE(t.PROCESSLIST_INFO, (SELECT CONCAT('last: ', MAX(s.SQL_TEXT)) FROM "
    "performance_schema.events_statements_current AS s WHERE s.THREAD_ID = t.THREAD_ID), ''), "
    "COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), "
    "t.PROCESSLIST_TIME, 0) "
    "FROM performance_schema.metadata_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = "
    "l.OWNER_THREAD_ID LEFT JOIN information_schema.INNODB_TRX AS x ON x.trx_mysql_thread_id = "
    "t.PROCESSLIST_ID "
    "WHERE l.OBJECT_TYPE = 'TABLE' AND l.OBJECT_SCHEMA = ? AND l.OBJECT_NAME = ? AND l.LOCK_STATUS = "
    "'GRANTED' AND "
    "t.PROCESSLIST_ID <> CONNECTION_ID() GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 6 DESC LIMIT 20";

constexpr std::string_view mariadb_blockers =
    "SELECT p.ID, p.USER, COALESCE(p.HOST, ''), COALESCE(p.STATE, ''), COALESCE(p.INFO, ''), "
    "TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) FROM information_schema.INNODB_TRX AS x JOIN "
    "information_schema.PROCESSLIST AS p ON p.ID = x.trx_mysql_thread_id WHERE p.ID <> CONNECTION_ID() "
    "ORDER BY p.DB <=> DATABASE() DESC, 6 DESC LIMIT 20";

} // namespace

Watchdog::Watchdog(Session& session, Millis limit)
    : thread_([this, &session, limit](const std::stop_token& stop) {
          {
              std::unique_lock lock{mutex_};
              changed_.wait_for(lock, stop, limit, [] { return false; });
              if (stop.stop_requested()) {
                  return;
              }
              fired_ = true;
          }
          session.cancel();
      }) {}

Watchdog::~Watchdog() {
    static_cast<void>(stop());
}

bool Watchdog::stop() {
    thread_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
    return fired_;
}

void settle(Session& session) {
    try {
        session.run("DO 0");
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::cancelled) {
            throw;
        }
    }
}

void set_lock_wait(Session& session, Millis limit) {
    const auto seconds = std::max<std::int64_t>(1, (limit.count() + 999) / 1000);
    session.run("SET SESSION lock_wait_timeout = " + std::to_string(seconds));
}

bool run_within(Session& session, const Statement& statement, Millis lock_timeout) {
    set_lock_wait(session, lock_timeout);
    Watchdog watchdog{session, lock_timeout};
    try {
        session.run(statement);
    } catch (const DatabaseError& error) {
        if (watchdog.stop()) {
            settle(session);
        }
        if (error.kind() == DatabaseErrorKind::lock_timeout || error.kind() == DatabaseErrorKind::cancelled) {
            return false;
        }
        throw;
    }
    if (watchdog.stop()) {
        settle(session);
    }
    return true;
}

std::vector<Blocker> blockers_of(Session& session, const std::string& schema, const std::string& table) {
    const bool mysql = server_version(session).kind == ServerKind::mysql;
    const ResultSet found = mysql ? session.run(std::string{mysql_blockers}, {schema, table})
                                  : session.run(std::string{mariadb_blockers});
    std::vector<Blocker> blockers;
    for (const auto& row : found.rows) {
        blockers.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or(""),
                            row[3].value_or(""), row[4].value_or(""),
                            Seconds{std::stoll(row[5].value_or("0"))}});
    }
    return blockers;
}

} // namespace turntable::mysql
