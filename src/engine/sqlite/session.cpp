#include "session.hpp"

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include <unistd.h>

#include "conversion_sql.hpp"
#include "errors.hpp"
#include "functions.hpp"

namespace turntable::sqlite {
namespace {

// Waiting for SQLite's write lock queues nobody behind us, so it may be long; it bounds how late a stop is
// noticed.
constexpr Millis default_lock_wait{3000};
// A COMMIT outside WAL mode keeps new readers out while it waits for the old ones: give up early and roll
// back.
constexpr Millis commit_wait_max{300};

void sleep_about_a_millisecond() {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::this_thread::sleep_for(std::chrono::microseconds{500 + random() % 1000});
}

} // namespace

SqliteSession::SqliteSession(const std::string& path, SessionUse use)
    : connection_(Connection::open_file(path)), lock_wait_(default_lock_wait) {
    sqlite3_busy_handler(
        connection_.handle(),
        [](void* self, int attempt) {
            return static_cast<SqliteSession*>(self)->keep_waiting(attempt) ? 1 : 0;
        },
        this);
    register_lock_wait();
    register_own_functions(connection_.handle());
    register_functions(connection_.handle());
    pin_settings(use);
}

SqliteSession::~SqliteSession() {
    rollback();
}

void SqliteSession::register_lock_wait() {
    const auto set = [](sqlite3_context* context, int, sqlite3_value** values) {
        auto* const self = static_cast<SqliteSession*>(sqlite3_user_data(context));
        sqlite3_result_int64(context, self->lock_wait_.count());
        const auto asked = sqlite3_value_int64(values[0]);
        self->lock_wait_ = asked < 0 ? default_lock_wait : Millis{asked};
    };
    sqlite3_create_function(connection_.handle(), "turntable_lock_wait", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                            this, set, nullptr, nullptr);
}

// Values must not depend on how the file or the library is configured, and our own statements must neither
// fire foreign-key actions nor be changed by them.
void SqliteSession::pin_settings(SessionUse use) {
    for (const char* const setting :
         {"PRAGMA foreign_keys = OFF", "PRAGMA recursive_triggers = OFF", "PRAGMA legacy_alter_table = OFF",
          "PRAGMA ignore_check_constraints = OFF", "PRAGMA case_sensitive_like = OFF",
          "PRAGMA writable_schema = OFF", "PRAGMA reverse_unordered_selects = OFF",
          "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -65536"}) {
        execute(setting);
    }
    const bool wal = execute("PRAGMA journal_mode").only() == "wal";
    // In WAL mode NORMAL can lose the last commits with their ledger rows at a power failure, never tear
    // them.
    execute(use == SessionUse::copy && wal ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    if (use == SessionUse::read) {
        execute("PRAGMA query_only = ON");
    }
}

bool SqliteSession::keep_waiting(int attempt) {
    const auto now = std::chrono::steady_clock::now();
    if (attempt == 0) {
        waiting_since_ = now;
    }
    if (now - waiting_since_ >= lock_wait_) {
        return false;
    }
    sleep_about_a_millisecond();
    return true;
}

void SqliteSession::require_usable() const {
    if (!usable()) {
        throw DatabaseError{DatabaseErrorKind::lost_connection, "closed",
                            "the database file was closed after an error"};
    }
}

ResultSet SqliteSession::execute(const std::string& sql, const std::vector<Value>& arguments) {
    require_usable();
    try {
        return connection_.run(sql, arguments);
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::lost_connection) {
            connection_.close();
        }
        throw;
    }
}

ResultSet SqliteSession::run(const Statement& statement) {
    return execute(statement.sql, statement.arguments);
}

void SqliteSession::begin(TxMode mode) {
    switch (mode) {
    case TxMode::write:
        execute("BEGIN IMMEDIATE");
        return;
    case TxMode::snapshot:
        execute("BEGIN");
        // A deferred transaction has no snapshot until it reads.
        execute("SELECT 1 FROM sqlite_schema LIMIT 1");
        return;
    }
    check(false, "unknown TxMode");
}

void SqliteSession::commit() {
    require_usable();
    const Millis usual = lock_wait_;
    lock_wait_ = std::min(lock_wait_, commit_wait_max);
    try {
        connection_.run("COMMIT");
        lock_wait_ = usual;
    } catch (const DatabaseError& error) {
        lock_wait_ = usual;
        if (error.kind() == DatabaseErrorKind::lost_connection) {
            connection_.close();
            throw DatabaseError{DatabaseErrorKind::outcome_unknown, error.native(), error.what(), "COMMIT"};
        }
        rollback();
        throw;
    }
}

void SqliteSession::rollback() noexcept {
    if (!usable() || sqlite3_get_autocommit(connection_.handle()) != 0) {
        return;
    }
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (sqlite3_get_autocommit(connection_.handle()) == 0) {
        connection_.close(); // closing rolls back
    }
}

void SqliteSession::cancel() noexcept {
    if (usable()) {
        sqlite3_interrupt(connection_.handle());
    }
}

std::string SqliteSession::server_id() const {
    return std::to_string(getpid());
}

} // namespace turntable::sqlite
