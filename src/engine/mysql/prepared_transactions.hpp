#pragma once
// MariaDB lets go of the metadata locks of a prepared XA transaction when its session ends (10.11.19: LOCK
// TABLES … WRITE is granted while its rows are not yet committed, after a disconnection as after a crash). So
// no lock waits for it: one that is older than the triggers would bring rows that nobody logged, one that
// commits after the swap would write into the old table. They are looked for where a lock would have waited.
// MySQL keeps the locks.

#include <string>
#include <vector>

#include "server.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// The prepared transactions of this server, as XA COMMIT names them; none on MySQL.
[[nodiscard]] std::vector<std::string> prepared_transactions(Session& session, ServerKind kind);
// Waits for those that are there now to end, no longer than the limit. Returns those that did not.
[[nodiscard]] std::vector<std::string> wait_for_prepared(Session& session, ServerKind kind, Millis limit);
[[nodiscard]] std::vector<Blocker> blockers_from(const std::vector<std::string>& prepared);

} // namespace turntable::mysql
