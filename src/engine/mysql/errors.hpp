#pragma once
// Server and client error numbers, classified once.

#include <string_view>

#include "connection.hpp"
#include "options.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {

// What a statement does decides what its failure means: a lost answer to a SELECT is harmless, one to a
// COMMIT or an implicitly committing DDL is unknown; 1205 is a metadata lock for DDL and a row lock for
// everything else.
enum class StatementKind { read, write, definition, commit, lock };
[[nodiscard]] StatementKind statement_kind(std::string_view sql);

enum class InTransaction { no, yes };

[[nodiscard]] DatabaseError classified(const NativeError& error, const std::string& sql,
                                       InTransaction transaction);
// `where` is for the reader, without the password.
[[nodiscard]] DatabaseError connect_failure(const NativeError& error, const std::string& where, Tls tls);
// True for the codes after which the session is dead.
[[nodiscard]] bool is_connection_loss(int code);

// Error numbers that code outside errors.cpp must tell apart, as DatabaseError::native() has them.
inline constexpr std::string_view error_query_interrupted = "1317";
inline constexpr std::string_view error_lock_wait_timeout = "1205";
inline constexpr std::string_view error_binlog_create_routine_needs_super = "1419";

} // namespace turntable::mysql
