#pragma once
// A database's schema as statements that make it again.

#include <vector>

#include "turntable/schema.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// Outside a transaction: it reads in a snapshot of its own, with names written in full.
[[nodiscard]] std::vector<SchemaPart> dump_schema(Session& session);

} // namespace turntable::postgresql
