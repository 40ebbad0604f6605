#pragma once
// Expressions over the columns of one table: made canonical by the server, followed through renames and
// earlier conversions, and asked whether they give the same answer twice.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/table.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// What a column reference becomes; nullopt leaves it as it is.
using ColumnMeaning = std::function<std::optional<std::string>(const std::string& column)>;

// Replaces each column reference of an expression (as the server deparses it) by its meaning, in parentheses
// unless that is a bare quoted name. table: the name that may qualify a column. Throws Error{refused} for a
// whole-row reference.
[[nodiscard]] std::string substituted(const std::string& expression, const std::string& table,
                                      const ColumnMeaning& meaning);

// The columns an expression refers to, by name, without repetition.
[[nodiscard]] std::vector<std::string> columns_of(const std::string& expression, const std::string& table);

// The numeric constants of an expression, as written.
[[nodiscard]] std::vector<std::string> numbers_of(const std::string& expression);

// The expression as the server deparses it under search_path = pg_catalog, resolved under user_path. clone:
// quoted table with the columns it refers to; a constraint is added to it and removed again. Throws
// Error{usage, "bad_expression"} with the server's message.
[[nodiscard]] std::string canonical(Session& session, const std::string& clone, const std::string& expression,
                                    const std::string& user_path);

// Names of the user's own types and functions in a conversion, as they mean under user_path; the job runs
// under another one. origin, clone: quoted tables with the old and with the new columns. False: it has none
// such.
bool resolve_names(Session& session, const std::string& origin, const std::string& clone,
                   const std::string& user_path, ConversionPlan& plan);

enum class Stability {
    repeatable, // the same inputs give the same value, under our pinned settings
    once,       // depends on the moment: evaluated once per statement (now(), current_user, …)
    volatile_,  // differs for each row (random(), nextval(), …)
};
// expression: canonical, over the columns of clone.
[[nodiscard]] Stability stability_of(Session& session, const std::string& clone,
                                     const std::string& expression);

// The value as an assignment to a column of this type stores it. An explicit cast would cut a too long text
// silently; an assignment refuses it.
[[nodiscard]] std::string assigned(const std::string& expression, const Column& column);

} // namespace turntable::postgresql
