#pragma once
// Who owns a job, and becoming its owner. Liveness is seen by the heartbeat's counter, not by clocks: two
// hosts' clocks may differ, a counter that moves is alive.

#include "run/driver.hpp"

namespace turntable::run {

// One session to the journal, for calls that are not a run.
struct Desk {
    explicit Desk(Engine& engine, SessionUse use = SessionUse::control);
    std::unique_ptr<Session> session;
    Journal journal;
};

// Watches the counter for up to three seconds unless the owner has let go of the job.
[[nodiscard]] bool owner_alive(Desk& desk, Clock& clock, const std::string& job);
// As the heartbeat's time tells, without waiting; for lists.
[[nodiscard]] bool owner_seen_lately(const Beat& beat, Clock& clock);

// "host:pid", shown to people.
[[nodiscard]] std::string this_host();
// A new job id: sorts by time, lower case letters and digits; never the same twice in one process, and by
// chance alone in two that ask in the same millisecond.
[[nodiscard]] std::string new_job_id(Clock& clock);

// The job with a new epoch that is ours. Throws Error{busy} if its owner lives.
[[nodiscard]] JobRecord take_over(Desk& desk, const Context& context, const std::string& job);
// The same for who read the job, then watched its owner and found him dead: whoever was quicker since has
// another epoch.
[[nodiscard]] JobRecord take_over_watched(Desk& desk, const Context& context, const JobRecord& seen);

} // namespace turntable::run
