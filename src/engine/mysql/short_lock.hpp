#pragma once
// Waiting for a metadata lock no longer than asked. lock_wait_timeout counts whole seconds; what is shorter
// is ended by a watchdog that cancels the statement from another connection.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "turntable/engine.hpp"

namespace turntable::mysql {

// Cancels what the session is running once the time is over, unless destroyed before. The destructor waits
// for a cancel that is under way, so that it can never hit a later statement; see settle().
class Watchdog {
  public:
    Watchdog(Session& session, Millis limit);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    // Stops waiting; true if it had cancelled.
    bool stop();

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool fired_ = false;
    std::jthread thread_; // last: it uses the others
};

// After a fired watchdog: takes a cancel that came too late to hit its statement.
void settle(Session& session);
// Sets lock_wait_timeout to the limit, rounded up to a second.
void set_lock_wait(Session& session, Millis limit);

// One try of a statement that needs a metadata lock. True: it ran. False: the lock was not granted in time.
[[nodiscard]] bool run_within(Session& session, const Statement& statement, Millis lock_timeout);

// Who holds a lock on the table, as far as the server tells: performance_schema.metadata_locks on MySQL, open
// transactions on MariaDB, which keeps its performance schema off.
[[nodiscard]] std::vector<Blocker> blockers_of(Session& session, const std::string& schema,
                                               const std::string& table);

} // namespace turntable::mysql
