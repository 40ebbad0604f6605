#pragma once
// Statistics that CREATE TABLE … LIKE does not bring along: histograms on MySQL, engine-independent
// statistics on MariaDB. They are gathered anew on the shadow, before anybody plans by them.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::mysql {

// What follows ANALYZE TABLE, one statement each; empty where the source has no such statistics.
[[nodiscard]] std::vector<std::string> kept_statistics(Session& session, ServerKind kind, const Table& source,
                                                       const Blueprint& blueprint);

} // namespace turntable::mysql
