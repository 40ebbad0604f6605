#pragma once
// Result codes of SQLite translated to the kinds of DatabaseError; nowhere else.

#include <string>

#include <sqlite3.h>

#include "turntable/error.hpp"

namespace turntable::sqlite {

// The kind of an extended result code. message: some conditions share SQLITE_ERROR and differ by text alone.
[[nodiscard]] DatabaseErrorKind kind_of(int extended_code, const std::string& message);

// The error of the last call on this connection.
[[nodiscard]] DatabaseError last_error(sqlite3* connection, const std::string& statement);

} // namespace turntable::sqlite
