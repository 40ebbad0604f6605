#pragma once
// What is refused before anything is touched, each with the statement or step that mends it.

#include "catalog.hpp"
#include "names.hpp"
#include "turntable/session.hpp"
#include "turntable/settings.hpp"

namespace turntable::mysql {

// Server-wide: version, read-only, binlog format, cluster, lock settings. Throws Error{refused|connection}.
void check_server_fitness(Session& session, const ServerVersion& version);
// The table: kind, engine, triggers, foreign keys, names of columns and helpers. Throws Error{refused}.
void check_table(Session& session, const ServerVersion& version, const Table& table,
                 const HelperNames& helpers);

// What a change through a shadow cannot keep; a native form keeps everything.
void check_shadowable(ServerKind kind, const Table& table, const Settings& settings);

} // namespace turntable::mysql
