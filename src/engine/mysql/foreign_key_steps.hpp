#pragma once
// The statements of a change that is about foreign keys alone, one try each; foreign_key_change.hpp.

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

[[nodiscard]] bool foreign_key_step_done(Session& session, const Blueprint& blueprint, const KeyStep& step);
// Safe to run twice, after a look with foreign_key_step_done().
[[nodiscard]] LockOutcome run_foreign_key_step(Session& session, const Blueprint& blueprint,
                                               const Detail& detail, const KeyStep& step,
                                               const Statement& statement, const LockBudget& budget);
// Takes back what took effect, the last first. Safe to run twice.
[[nodiscard]] LockOutcome undo_foreign_key_steps(Session& session, const Blueprint& blueprint,
                                                 const Detail& detail, const LockBudget& budget);

} // namespace turntable::mysql
