#pragma once
// Which of the two servers answers, and every difference between them that other files ask for by name.

#include <string>
#include <string_view>

#include "turntable/session.hpp"

namespace turntable::mysql {

enum class ServerKind { mysql, mariadb };

struct ServerVersion {
    ServerKind kind = ServerKind::mysql;
    int major = 0, minor = 0, patch = 0;
    std::string text; // as the server says it

    [[nodiscard]] bool at_least(int want_major, int want_minor, int want_patch) const;
};

// Reads SELECT VERSION()'s text. Throws Error{refused, "unknown_server"} on a text it cannot read.
[[nodiscard]] ServerVersion parse_version(const std::string& text);
[[nodiscard]] ServerVersion server_version(Session& session);
// "mysql" or "mariadb", as EngineTraits::name and Blueprint::engine have it.
[[nodiscard]] std::string_view engine_name(ServerKind kind);
[[nodiscard]] ServerKind kind_from_name(std::string_view engine);

// ---- differences ----

// INNODB_TABLES is INNODB_SYS_TABLES on MariaDB; both have table_id and name and need PROCESS.
[[nodiscard]] std::string_view innodb_tables_view(ServerKind kind);
// INNODB_FOREIGN is INNODB_SYS_FOREIGN on MariaDB.
[[nodiscard]] std::string_view innodb_foreign_view(ServerKind kind);
// MySQL keeps table statistics in information_schema for a day unless told otherwise; MariaDB has no such
// cache.
[[nodiscard]] bool caches_table_statistics(ServerKind kind);
// RENAME TABLE runs under LOCK TABLES: MySQL since 8.0.13; MariaDB answers 1192 and needs the three-session
// protocol.
[[nodiscard]] bool renames_under_lock_tables(ServerKind kind);
// ALGORITHM=INSTANT may be combined with LOCK=NONE (MySQL: error 1221).
[[nodiscard]] bool instant_takes_lock_clause(ServerKind kind);
// Statements that pin what only one of them has.
[[nodiscard]] std::string_view own_session_settings(ServerKind kind);

} // namespace turntable::mysql
