#include "cli/errors.hpp"

#include <fmt/core.h>

#include "cli/json_text.hpp"

namespace turntable::cli {
namespace {

constexpr std::size_t statement_shown_max = 600;

struct DatabaseAnswer {
    ErrorKind kind;
    std::string_view code;
    std::string_view next;
};

constexpr const char* look = "`turntable jobs` shows whether a job was left; `turntable resume JOB` goes on, "
                             "`turntable abort JOB` undoes it";

DatabaseAnswer answer_of(DatabaseErrorKind kind) {
    switch (kind) {
    case DatabaseErrorKind::transient:
        return {ErrorKind::busy, "transient", "try again"};
    case DatabaseErrorKind::lock_timeout:
        return {ErrorKind::busy, "lock_timeout", "try again later, or with a longer --lock-timeout"};
    case DatabaseErrorKind::cancelled:
        return {ErrorKind::busy, "cancelled", "try again"};
    case DatabaseErrorKind::lost_connection:
        return {ErrorKind::connection, "lost_connection", "check the server and the network"};
    case DatabaseErrorKind::outcome_unknown:
        return {ErrorKind::connection, "outcome_unknown", "check the server and the network"};
    case DatabaseErrorKind::unique_violation:
        return {ErrorKind::negative, "unique_violation", {}};
    case DatabaseErrorKind::bad_value:
        return {ErrorKind::negative, "bad_value_in_data", {}};
    case DatabaseErrorKind::no_such_object:
        return {ErrorKind::usage, "no_such_object", "check the names; they are taken exactly as written"};
    case DatabaseErrorKind::privilege:
        return {ErrorKind::connection, "privilege", "grant the missing right, or connect as another user"};
    case DatabaseErrorKind::read_only:
        return {ErrorKind::refused, "read_only", "connect to the primary"};
    case DatabaseErrorKind::disk_full:
        return {ErrorKind::refused, "disk_full", "make room"};
    case DatabaseErrorKind::connect_failed:
        return {ErrorKind::connection, "connect_failed",
                "check the URL, the password, and that the server is up"};
    case DatabaseErrorKind::permanent:
        return {ErrorKind::failed, "database_error", {}};
    }
    check(false, "unknown DatabaseErrorKind");
    return {};
}

std::string cut(const std::string& statement) {
    return statement.size() <= statement_shown_max ? statement
                                                   : statement.substr(0, statement_shown_max) + " ...";
}

// The server's message may end in a line feed and may hold several lines.
std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \n\r\t") + 1);
    return text;
}

std::string left_by(Reach reach) {
    return reach == Reach::reads_only ? "nothing" : "perhaps a job that can be resumed";
}

std::string next_after(std::string advice, Reach reach) {
    if (reach == Reach::reads_only) {
        return advice;
    }
    return advice.empty() ? look : advice + "; " + look;
}

} // namespace

Failure failure_of(const Error& error) {
    return {static_cast<int>(error.kind()), error.code(), trimmed(error.what()),
            error.left_behind().empty() ? "nothing" : error.left_behind(), error.next_step()};
}

Failure failure_of(const DatabaseError& error, Reach reach) {
    const DatabaseAnswer answer = answer_of(error.kind());
    std::string message = "the database answered: " + trimmed(error.what());
    if (!error.native().empty()) {
        message += fmt::format(" ({})", error.native());
    }
    if (!error.statement().empty()) {
        message += fmt::format("; statement: {}", cut(error.statement()));
    }
    // Without a connection nothing was done at all.
    const Reach reached = error.kind() == DatabaseErrorKind::connect_failed ? Reach::reads_only : reach;
    return {static_cast<int>(answer.kind), std::string{answer.code}, message, left_by(reached),
            next_after(std::string{answer.next}, reached)};
}

Failure failure_of(const std::exception& error, Reach reach) {
    return {static_cast<int>(ErrorKind::failed), "internal",
            fmt::format("internal error: {}", trimmed(error.what())), left_by(reach), next_after({}, reach)};
}

std::string failure_text(const Failure& failure) {
    std::string out =
        fmt::format("turntable: error: {}\n  left behind: {}\n", failure.message, failure.left_behind);
    if (!failure.next.empty()) {
        out += fmt::format("  next: {}\n", failure.next);
    }
    return out;
}

std::string failure_json(const Failure& failure) {
    return dumped({{"error",
                    {{"code", failure.code},
                     {"message", failure.message},
                     {"left_behind", failure.left_behind},
                     {"next", failure.next}}}});
}

} // namespace turntable::cli
