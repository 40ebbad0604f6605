#include "errors.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::size_t statement_shown_max = 400;

DatabaseErrorKind kind_of_constraint(int extended_code) {
    switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return DatabaseErrorKind::unique_violation;
    default: // the result codes are integers, not an enumeration; every other constraint refuses the value
        return DatabaseErrorKind::bad_value;
    }
}

// SQLite reports these as SQLITE_ERROR; the prefixes are fixed texts of its parser and of our own functions.
DatabaseErrorKind kind_of_message(const std::string& message) {
    for (const char* const prefix :
         {"no such table", "no such column", "no such index", "no such trigger", "no such view"}) {
        if (message.starts_with(prefix)) {
            return DatabaseErrorKind::no_such_object;
        }
    }
    for (const char* const prefix : {"turntable", "integer overflow", "malformed JSON"}) {
        if (message.starts_with(prefix)) {
            return DatabaseErrorKind::bad_value;
        }
    }
    return DatabaseErrorKind::permanent;
}

} // namespace

DatabaseErrorKind kind_of(int extended_code, const std::string& message) {
    switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_SCHEMA:
    case SQLITE_PROTOCOL:
        return DatabaseErrorKind::transient;
    case SQLITE_INTERRUPT:
        return DatabaseErrorKind::cancelled;
    case SQLITE_CONSTRAINT:
        return kind_of_constraint(extended_code);
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return DatabaseErrorKind::bad_value;
    case SQLITE_READONLY:
        return DatabaseErrorKind::read_only;
    case SQLITE_FULL:
        return DatabaseErrorKind::disk_full;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return DatabaseErrorKind::privilege;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
        return DatabaseErrorKind::connect_failed;
    case SQLITE_IOERR:
        return DatabaseErrorKind::lost_connection;
    case SQLITE_ERROR:
        return kind_of_message(message);
    default: // codes that later releases may add: the same call gives the same answer
        return DatabaseErrorKind::permanent;
    }
}

DatabaseError last_error(sqlite3* connection, const std::string& statement) {
    const int code = sqlite3_extended_errcode(connection);
    const std::string message = sqlite3_errmsg(connection);
    return DatabaseError{kind_of(code, message), std::to_string(code), message,
                         statement.substr(0, statement_shown_max)};
}

} // namespace turntable::sqlite
