#include "run/session_pool.hpp"

namespace turntable::run {

SessionPool::Lease SessionPool::lend(SessionUse use) {
    std::unique_ptr<Session> session;
    {
        const std::scoped_lock lock{mutex_};
        auto& idle = idle_[use];
        while (!session && !idle.empty()) {
            session = std::move(idle.back());
            idle.pop_back();
            if (!session->usable()) {
                session.reset();
            }
        }
    }
    if (!session) {
        session = source_.open(use);
    }
    {
        const std::scoped_lock lock{mutex_};
        lent_.insert(session.get());
    }
    return Lease{session.release(), [this, use](Session* lent) { give_back(use, lent); }};
}

void SessionPool::give_back(SessionUse use, Session* session) {
    std::unique_ptr<Session> owned{session};
    const std::scoped_lock lock{mutex_};
    lent_.erase(session);
    if (owned && owned->usable()) {
        idle_[use].push_back(std::move(owned));
    }
}

void SessionPool::cancel_lent() {
    const std::scoped_lock lock{mutex_};
    for (Session* const session : lent_) {
        session->cancel();
    }
}

void SessionPool::clear() {
    const std::scoped_lock lock{mutex_};
    idle_.clear();
}

} // namespace turntable::run
