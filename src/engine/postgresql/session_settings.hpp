#pragma once
// The settings every session pins, so that neither a role's nor a server's settings change a value or a
// plan's effect.

#include <string>

#include "turntable/session.hpp"

namespace turntable::postgresql {

// One batch of SET statements. server_version as PQserverVersion() gives it (150020 is 15.20).
[[nodiscard]] std::string pinning_sql(SessionUse use, int server_version);

} // namespace turntable::postgresql
