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
// Whether a key that a step dropped is not there.
[[nodiscard]] bool foreign_key_is_away(Session& session, const Blueprint& blueprint, const Detail& detail);
// Rows that refer to nothing under a key that is there again, one sentence for each key.
[[nodiscard]] std::vector<std::string> orphans_under_keys(Session& session, const Blueprint& blueprint,
                                                          const Detail& detail);
// Takes back what took effect, the last first. Safe to run twice. A key comes back unseen:
// orphans_under_keys().
[[nodiscard]] LockOutcome undo_foreign_key_steps(Session& session, const Blueprint& blueprint,
                                                 const Detail& detail, const LockBudget& budget);

} // namespace turntable::mysql
