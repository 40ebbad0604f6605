#pragma once
// From what the journal and a run know to what the command line prints.

#include "run/driver.hpp"

namespace turntable::run {

[[nodiscard]] JobState job_state_from_string(std::string_view text); // throws Error{needs_repair}

[[nodiscard]] Outcome outcome_of(const JobRecord& record);
[[nodiscard]] Outcome outcome_of(const Driver& driver, const RunEnd& end);

// UTC, ISO 8601 with seconds; nullopt for 0.
[[nodiscard]] std::optional<std::string> utc(std::int64_t ms);
// Until when the job can be reverted; nullopt: it cannot.
[[nodiscard]] std::optional<std::string> revertible_until(const JobRecord& record);

} // namespace turntable::run
