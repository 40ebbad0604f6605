#pragma once
// What both ways of swapping do between the lock and the renaming.

#include <chrono>
#include <optional>

#include "detail.hpp"
#include "route.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Names of one swap: `live` keeps the name, `waiting` takes it, `parked` is the name the live table gets.
struct SwapNames {
    std::string live, waiting, parked;
};
[[nodiscard]] SwapNames swap_names(const Blueprint& blueprint, Direction direction);
[[nodiscard]] std::string rename_statement(const SwapNames& names);

class Stopwatch {
  public:
    [[nodiscard]] Millis elapsed() const {
        return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - start_);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The advisory lock under which a job renames: DDL commits by itself, so an epoch row cannot fence it. A
// takeover ends the session that holds it.
class JobLock {
  public:
    JobLock(Session& session, const Blueprint& blueprint);
    ~JobLock();
    JobLock(const JobLock&) = delete;
    JobLock& operator=(const JobLock&) = delete;
    [[nodiscard]] bool held() const { return held_; }

  private:
    Session& session_;
    std::string name_;
    bool held_ = false;
};

// The capture of the way back, on the table that waits for the name: in place before any writer can reach it.
void install_reverse_capture(Session& session, const Blueprint& blueprint, const Detail& detail);

// With writers locked out: checks the source, replays what is left, compares keys never verified, moves the
// AUTO_INCREMENT position, looks that the log is empty. nullopt: the renaming may follow; else why not.
[[nodiscard]] std::optional<SwapOutcome> settle_under_lock(Session& session, const SwapRequest& request,
                                                           const Detail& detail, const Route& route,
                                                           const Stopwatch& held, Rows& drained);

// After a swap that found entries in the log all the same: their keys, but for those changed since, are made
// equal under a lock of its own. Returns how many entries there were.
[[nodiscard]] Rows apply_leftovers(Session& session, const SwapRequest& request, const Detail& detail);

// The two ways.
[[nodiscard]] SwapOutcome swap_under_lock_tables(Session& session, const SwapRequest& request);
[[nodiscard]] SwapOutcome swap_with_sentry(SessionSource& sessions, Session& session,
                                           const SwapRequest& request);

// The table that holds the parked name until the renaming.
[[nodiscard]] bool is_sentry(Session& session, const std::string& schema, const std::string& name);

} // namespace turntable::mysql
