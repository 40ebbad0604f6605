#pragma once
// The sessions that the server has, by their numbers.

#include <string>
#include <vector>

#include "turntable/session.hpp"

namespace turntable::mysql {

// From SHOW PROCESSLIST: MySQL's information_schema.PROCESSLIST fails for everybody while any session runs a
// statement with a character beyond three bytes (error 3854).
[[nodiscard]] bool session_exists(Session& session, const std::string& id);
// Those that are connected to the same database as this one: names of jobs are only unique there.
[[nodiscard]] std::vector<std::string> session_ids_here(Session& session);

} // namespace turntable::mysql
