#pragma once
// What foreign keys change in the source by themselves (ON DELETE and ON UPDATE CASCADE, SET NULL) fires no
// trigger on it. So triggers on the parents, and on their parents as far up as a change can come from, log
// the keys of the source's rows that will change. They run BEFORE the row, under the lock that it has then,
// and read the children with FOR SHARE: a plain read would miss rows at REPEATABLE READ, and FOR UPDATE makes
// the server refuse an application's statement that names parent and child (1442).

#include "capture.hpp"
#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

// All ways by which changes arrive. Throws Error{refused, "foreign_keys"} with the key's name where one
// cannot be captured.
[[nodiscard]] std::vector<CascadePath> cascade_paths(Session& session, const Table& source);
// Throws Error{refused, "foreign_keys"} where the logs of both directions cannot hold the same keys.
void check_cascade_keys(const Blueprint& blueprint, const Detail& detail);

// Rows of the source go where the ancestor's row is deleted; else they only change.
[[nodiscard]] bool removes_rows(const CascadePath& path);

// The ways, for comparing, without the names of the keys, which the swap changes for a moment.
[[nodiscard]] std::string cascades_text(const std::vector<CascadePath>& paths);

// forward: into the log of the change. back: into that of the window. Both read the table by the live name.
[[nodiscard]] std::vector<CaptureTrigger> cascade_triggers(const Blueprint& blueprint, const Detail& detail,
                                                           Direction direction);
// One try to create those that are not there. The outcome's blockers are those of the table in the way.
[[nodiscard]] LockOutcome install_cascade_triggers(Session& session, const Blueprint& blueprint,
                                                   const Detail& detail, Direction direction,
                                                   Millis lock_timeout);
[[nodiscard]] LockOutcome drop_cascade_triggers(Session& session, const Blueprint& blueprint,
                                                const Detail& detail, Direction direction,
                                                Millis lock_timeout);
// Why changes that arrive through parents may not be captured; "" if they are: the ways are those of the
// plan, and each of our triggers stands where it was made, as the last of its kind.
[[nodiscard]] std::string cascade_gap(Session& session, const Blueprint& blueprint, const Detail& detail,
                                      Direction direction);

} // namespace turntable::mysql
