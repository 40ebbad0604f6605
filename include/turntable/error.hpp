#pragma once
// What can go wrong, in two families:
//   Error          what a person or a job scheduler is told: kind (= exit code), stable code, what, where,
//   what next. DatabaseError  what a database answered, translated at the engine's edge and nowhere else.
// Bugs are neither: they are asserted with check().

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace turntable {

// The kinds of failure and the exit codes of the command line (docs/commands.md).
enum class ErrorKind {
    failed = 1,       // failed, the database is unchanged or fully undone
    usage = 2,        // usage, configuration, parse; unknown table or column
    negative = 3,     // a negative answer: the audit refused, rows differ, values do not fit
    busy = 4,         // a lock or time limit, or another job on the table: try again later
    refused = 5,      // refused by a safety rule, or needs a flag
    stopped = 6,      // stopped, resumable
    needs_repair = 7, // needs `repair`
    connection = 8,   // connection or privilege
};

class Error : public std::runtime_error {
  public:
    // code: stable, lower_snake_case ("unknown_column"), part of the JSON contract.
    Error(ErrorKind kind, std::string code, const std::string& what)
        : std::runtime_error(what), kind_(kind), code_(std::move(code)) {}

    // What was left behind; empty means "nothing". What to do next. Both are printed below the message.
    Error& left(std::string text) {
        left_ = std::move(text);
        return *this;
    }
    Error& next(std::string text) {
        next_ = std::move(text);
        return *this;
    }

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& left_behind() const noexcept { return left_; }
    [[nodiscard]] const std::string& next_step() const noexcept { return next_; }

  private:
    ErrorKind kind_;
    std::string code_;
    std::string left_;
    std::string next_;
};

enum class DatabaseErrorKind {
    transient,        // deadlock, serialization failure, SQLITE_BUSY: rolled back, may be run again
    lock_timeout,     // a lock was not granted in time; nothing happened
    cancelled,        // our own cancel or a statement timeout
    lost_connection,  // the session is gone, outside a commit: its transaction is rolled back
    outcome_unknown,  // the session went away while a commit (or an implicitly committing DDL) was unanswered
    unique_violation, // a duplicate key
    bad_value,        // a value that the target refuses: range, NOT NULL, CHECK, syntax of a value
    no_such_object,   // unknown table, column, …
    privilege,        // missing right
    read_only,        // standby or read-only server
    disk_full,
    connect_failed, // could not connect or authenticate
    permanent,      // anything else: running it again gives the same answer
};

class DatabaseError : public std::runtime_error {
  public:
    // native: SQLSTATE, server error number or SQLite result code, as text. statement: what was sent (may be
    // cut).
    DatabaseError(DatabaseErrorKind kind, std::string native, const std::string& message,
                  std::string statement = {})
        : std::runtime_error(message),
          kind_(kind),
          native_(std::move(native)),
          statement_(std::move(statement)) {}

    [[nodiscard]] DatabaseErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& native() const noexcept { return native_; }
    [[nodiscard]] const std::string& statement() const noexcept { return statement_; }

  private:
    DatabaseErrorKind kind_;
    std::string native_;
    std::string statement_;
};

[[noreturn]] void check_failed(const char* what, const char* file, int line);

// Asserts an invariant of our own code, in release builds too. Never for what a user or a database can cause.
// The built-ins rather than std::source_location, which clang 14 does not find in libstdc++ 12.
inline void check(bool holds, const char* what, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
    if (!holds) {
        check_failed(what, file, line);
    }
}

} // namespace turntable
