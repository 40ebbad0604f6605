#pragma once
// What the command line can ask of whole schemas: dump and drift. As in api.hpp, every call opens its own
// sessions.

#include <vector>

#include "migrate/drift.hpp"
#include "migrate/env.hpp"

namespace turntable::migrate {

// Reads only.
[[nodiscard]] std::vector<SchemaPart> dump(const Env& env);

// What the live schema has and the applied migrations did not make, and the other way round. Reads only.
// Throws Error{needs_repair, "unfinished"} while a migration is half applied, Error{refused, "not_recorded"}.
[[nodiscard]] std::vector<SchemaDifference> drift(const Env& env);
// The same against a database in which the applied texts of the history are run from the beginning.
[[nodiscard]] std::vector<SchemaDifference> drift(const Env& env, const Env& scratch);
// The schema as it is counts as made by the migrations from now on. An event of the history.
void record_schema(const Env& env);

} // namespace turntable::migrate
