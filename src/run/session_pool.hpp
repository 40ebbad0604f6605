#pragma once
// Sessions that are kept open between chunks. Thread-safe; a session that broke is closed instead of kept.

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "phase/workshop.hpp"

namespace turntable::run {

class SessionPool final : public phase::SessionLender {
  public:
    // source outlives the pool; the pool outlives its leases.
    explicit SessionPool(SessionSource& source) : source_(source) {}
    [[nodiscard]] Lease lend(SessionUse use) override;
    // Closes the sessions that are not lent: after a lost connection nothing old is trusted.
    void clear();
    // Ends the statements that lent sessions are running; from any thread.
    void cancel_lent();

  private:
    void give_back(SessionUse use, Session* session);

    SessionSource& source_;
    std::mutex mutex_;
    std::map<SessionUse, std::vector<std::unique_ptr<Session>>> idle_;
    std::set<Session*> lent_;
};

} // namespace turntable::run
