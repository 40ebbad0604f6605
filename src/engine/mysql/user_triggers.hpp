#pragma once
// The user's own triggers, through a shadow, on MySQL. A trigger moves with its table, its name is unique in
// the schema, and no statement renames one: whatever is dropped and created again leaves a moment with two of
// them or with none. So the table that waits for the name gets copies under provisional names whose body runs
// only while the live table has no trigger of the right name. The renaming makes them fire, the creation
// under the right name makes them silent, and at every step, whoever dies, each write fires each trigger
// once.

#include "catalog.hpp"
#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// The triggers of the table in the order in which they fire. Throws Error{refused, "user_triggers"} on
// MariaDB, and where one cannot be created again as it is.
[[nodiscard]] std::vector<KeptTrigger> kept_triggers(Session& session, ServerKind kind, const Table& source,
                                                     const Blueprint& blueprint);
// Creates them on the empty clone, which has the new shape, and drops them. Throws Error{refused,
// "user_triggers"} with the server's reason.
void rehearse_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& clone);

// The guarded copies, on the table that waits for the name. Safe to run twice.
void add_provisional_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                              const std::string& waiting);
// Their statements, to be shown.
[[nodiscard]] std::vector<Statement> provisional_trigger_statements(const Blueprint& blueprint,
                                                                    const Detail& detail);
// Takes the triggers, theirs and the copies, from a table that has lost the name, or does not get it: from
// here on nothing fires on our writes to it.
void drop_parked_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                          const std::string& parked);
// Gives the live table its triggers under their own names and drops the guarded copies. False: a lock was not
// granted in time. Safe to run twice; does nothing where the live table has no guarded copy.
[[nodiscard]] bool restore_trigger_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                                         Millis lock_timeout);

// What the user's triggers on a table are, one line each; ours are left out, and a guarded copy stands for
// its trigger where that is not there.
[[nodiscard]] std::string user_triggers_text(Session& session, const Blueprint& blueprint,
                                             const Detail& detail, const std::string& table);
// The same of the plan's.
[[nodiscard]] std::string user_triggers_text(const Detail& detail);

} // namespace turntable::mysql
