#pragma once
// A change that adds and drops foreign keys and does nothing else. Both servers take a new key in place only
// with foreign_key_checks = 0, and then look at no row; asked to look, they copy the table under a lock. So
// the definition is tried with the checks on between two empty clones, the rows are probed before, the
// statement waits for every open transaction on both tables, and the rows are looked at once more after it.

#include "detail.hpp"
#include "scratch.hpp"
#include "strategy.hpp"
#include "turntable/blueprint.hpp"
#include "turntable/settings.hpp"

namespace turntable::mysql {

// Throws Error{refused, "foreign_keys"} where foreign keys are not all that is asked for.
[[nodiscard]] bool about_foreign_keys(const Table& source, const Change& change);

// Fills strategy, script, notes, made_indexes, key, and the detail's key_steps and row_rules. Throws
// Error{usage, "unknown_table" | "unknown_column" | "unknown_constraint"}, Error{busy} where a job is at work
// on a parent, Error{refused} with the server's reason for what it would not take.
void plan_foreign_keys(Session& session, Scratch& scratch, const Table& source, const Change& change,
                       const Settings& settings, Blueprint& blueprint, Detail& detail);

// Throws Error{busy, "another_job"} where a job holds the table: its swap would take the new key's parent
// away.
void refuse_busy_parent(Session& session, const std::string& schema, const std::string& table);

} // namespace turntable::mysql
