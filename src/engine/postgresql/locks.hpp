#pragma once
// Short locks, and who stands in their way.

#include <chrono>
#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

enum class TableLock { share_row_exclusive, access_exclusive };

// Waits for the lock at most `timeout`, inside the caller's transaction; false: not granted, and the
// transaction has failed. Every later lock of the transaction is waited for 10 ms at the most.
[[nodiscard]] bool lock_table(Session& session, const std::string& table, TableLock lock, Millis timeout);

// Sessions and prepared transactions that hold a lock on the table which conflicts with `lock`. Outside a
// failed transaction.
[[nodiscard]] std::vector<Blocker> blockers_of(Session& session, const std::string& table, TableLock lock);

// After a lock was refused: an autovacuum yields only after deadlock_timeout, so it is cancelled where the
// role may, else the next wait must outlast that. Answers the timeout for a second try now; empty: no second
// try.
[[nodiscard]] std::optional<Millis> second_try(Session& session, const std::vector<Blocker>& blockers,
                                               Millis timeout);

// How long something has been held.
class Stopwatch {
  public:
    [[nodiscard]] Millis elapsed() const {
        return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - start_);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// True for errors that mean: somebody else holds a lock, nothing happened, try again.
[[nodiscard]] bool lock_was_refused(const DatabaseError& error);

// One transaction under one lock: lock, work, commit. Answers the outcome; rolls back and names the blockers
// if the lock, or a further one that `work` needs, is not granted in time.
template <typename Work>
[[nodiscard]] LockOutcome locked_transaction(Session& session, const std::string& table, TableLock lock,
                                             Millis timeout, const Work& work) {
    for (std::optional<Millis> wait = timeout; wait;) {
        std::vector<Blocker> blockers;
        {
            Transaction transaction{session, TxMode::write};
            try {
                if (lock_table(session, table, lock, *wait)) {
                    const Stopwatch held;
                    work();
                    transaction.commit();
                    return {.granted = true, .blockers = {}, .held = held.elapsed()};
                }
            } catch (const DatabaseError& error) {
                if (!lock_was_refused(error)) {
                    throw;
                }
            }
        }
        blockers = blockers_of(session, table, lock);
        const bool first = *wait == timeout;
        wait = first ? second_try(session, blockers, timeout) : std::nullopt;
        if (!wait) {
            return {.granted = false, .blockers = std::move(blockers), .held = Millis{0}};
        }
    }
    return {};
}

} // namespace turntable::postgresql
