#pragma once
// Short write transactions under a lock budget.

#include <functional>

#include "turntable/engine.hpp"

namespace turntable::sqlite {

// Waits at most `wait` for the write lock while it lives; afterwards the session waits as it usually does.
class LockWait {
  public:
    LockWait(Session& session, Millis wait);
    ~LockWait();
    LockWait(const LockWait&) = delete;
    LockWait& operator=(const LockWait&) = delete;

  private:
    Session& session_;
};

// One try to get the write lock within the budget, do the work and commit. Not granted: nothing happened.
[[nodiscard]] LockOutcome with_write_lock(Session& session, const LockBudget& budget,
                                          const std::function<void()>& work);

// What can be said about who holds the file's lock.
[[nodiscard]] std::vector<Blocker> lock_holders(Session& session);

} // namespace turntable::sqlite
