#pragma once
// The schema without what belongs to an online change that has not ended: where engines have no schema of our
// own, its shadow, logs and triggers and the old table of an open window stand beside the user's.

#include <vector>

#include "turntable/engine.hpp"

namespace turntable::migrate {

[[nodiscard]] std::vector<SchemaObject> user_objects(const Engine& engine, Session& session);
// Outside a transaction, as SchemaDialect::dump() is.
[[nodiscard]] std::vector<SchemaPart> user_parts(const Engine& engine, Session& session);

} // namespace turntable::migrate
