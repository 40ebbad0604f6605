#pragma once
// keep=yes: two BEFORE triggers on the new table that keep an old column and its conversion in step from the
// swap to finalize, whichever of the two the application writes (docs/decisions/031). They are created on the
// shadow right before the swap: what the replay writes there is in step, so they change nothing of it.

#include "capture.hpp"
#include "scratch.hpp"
#include "turntable/settings.hpp"

namespace turntable::mysql {

// Fills detail.keep and the notes; the mapping is there. The clone has the new shape, and keeps what finalize
// leaves. Throws Error{refused, "keep_…"}.
void plan_keep(Session& session, Scratch& scratch, const Table& source, const Table& target,
               const Settings& settings, Blueprint& blueprint, Detail& detail);

// The ALTER clauses that put the new column beside the old one.
[[nodiscard]] std::string kept_clause(const Column& column, const ConversionPlan& plan, ServerKind kind);

[[nodiscard]] std::vector<CaptureTrigger> keep_triggers(const Blueprint& blueprint, const Detail& detail);

// What finalize runs, in order.
[[nodiscard]] std::vector<Statement> contract_statements(const Blueprint& blueprint, const Detail& detail);
// finalize: the old columns and the triggers go. False: a lock was not granted. Safe to run twice.
[[nodiscard]] bool contract(Session& session, const Blueprint& blueprint, const Detail& detail,
                            Millis lock_timeout);

} // namespace turntable::mysql
