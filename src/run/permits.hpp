#pragma once
// Which commands a job takes at the step where it stands. Asked twice of the same record: by the command that
// acts, and by its --dry-run, which must not promise what the command would refuse.

#include "run/journal.hpp"

namespace turntable::run {

[[nodiscard]] Error wrong_state(const JobRecord& record, const std::string& what);

// The command that takes a swapped job on.
[[nodiscard]] std::string after_the_swap(const JobRecord& record);

// From the probe of the way back to its end: whoever asks for the revert takes it on from there.
[[nodiscard]] bool revert_under_way(machine::Step step);
// Throws where a way back may not start: no window is open, or the plan said that there is none.
void check_revert_may_start(const JobRecord& record);

// The step from which finalize goes on. Throws where there is no window to end.
[[nodiscard]] machine::Step finalize_from(const JobRecord& record);

} // namespace turntable::run
