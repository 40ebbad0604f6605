#pragma once
// Every failure as one shape: exit code, stable code, what, what was left behind, what to do next. Pure.

#include <exception>
#include <string>

#include "turntable/error.hpp"

namespace turntable::cli {

struct Failure {
    int exit_code = 1;
    std::string code;        // lower_snake_case, stable
    std::string message;     // one sentence: what was wrong and where
    std::string left_behind; // "nothing" where nothing was
    std::string next;        // may be empty
};

// Whether the command was one that may leave something in the database. Decides what is said to be left
// behind where the failure itself does not know.
enum class Reach { reads_only, may_change };

[[nodiscard]] Failure failure_of(const Error& error);
[[nodiscard]] Failure failure_of(const DatabaseError& error, Reach reach);
// What nobody translated: out of memory, a bug of a library.
[[nodiscard]] Failure failure_of(const std::exception& error, Reach reach);

[[nodiscard]] std::string failure_text(const Failure& failure);
[[nodiscard]] std::string failure_json(const Failure& failure);

} // namespace turntable::cli
