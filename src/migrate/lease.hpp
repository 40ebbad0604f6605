#pragma once
// Who may migrate a database: one row with a rising epoch, and a heartbeat in another row. No lock is held
// between statements: nothing can be left behind by a killed process but a row that stops beating, and it
// works the same behind a pooler. Whoever writes as the holder fences: his epoch, share-locked in the same
// transaction. docs/decisions/040-migration-lease.md argues it.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "migrate/store.hpp"
#include "run/api.hpp"
#include "turntable/engine.hpp"

namespace turntable::migrate {

struct LeaseHolder {
    std::string holder; // "host:pid"; "" if it is free
    std::string who, purpose;
    std::int64_t epoch = 0, since_ms = 0, beats = 0, at_ms = 0;
};

struct LeaseTimes {
    Millis beat{1000};
    Millis look{300};        // between two looks of who waits
    Millis dead_local{3000}; // without a beat, of a process of this host that is gone
    Millis dead{15'000};     // without a beat, of any other
    Millis stuck{120'000};   // without a beat, of a process of this host that lives
};

class Lease {
  public:
    struct Wishes {
        std::string holder, who, purpose;
        Millis wait_max;
        LeaseTimes times;
        std::function<bool()> stop;
        std::function<void(const std::string&)> note; // told once whom we wait for
        // none: no heartbeat, for tests that count statements.
        run::Threads threads = run::Threads::background;
    };
    // Waits until the lease is ours. Throws Error{busy, "migrating"} after wait_max, Error{stopped} if asked
    // to.
    Lease(Engine& engine, Clock& clock, Session& session, Wishes wishes);
    // Gives it back; never throws. A lease that could not be given back runs out.
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    // In the caller's transaction, or by itself: throws Error{stopped, "fenced"} if the lease is not ours any
    // more.
    void fence(Session& session) const;
    // Somebody else had it while we waited: what was read before is old.
    [[nodiscard]] bool waited() const { return waited_; }

  private:
    enum class Take {
        done,
        lost,   // another was quicker, or the holder lives
        locked, // a transaction of the holder's has the row
    };
    [[nodiscard]] Take try_take(Session& session, const LeaseHolder& seen);
    void end_sessions_of(Session& session, const LeaseHolder& dead);
    void wait_for_turn(Session& session);
    void live();
    void beat();
    void give_back() noexcept;
    [[nodiscard]] Session& own_session();

    Engine& engine_;
    Clock& clock_;
    Store store_;
    Wishes wishes_;
    std::int64_t epoch_ = 0;
    bool waited_ = false, told_ = false;
    std::unique_ptr<Session> session_; // of the heart's thread, if there is one
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ending_ = false;
    std::thread heart_;
};

// As it stands now.
[[nodiscard]] LeaseHolder lease_holder(const Store& store, Session& session);
// Takes the lease away from whoever has it: his next fence stops him.
void release_lease(const Store& store, Session& session);
// True: a process of this host, and it is gone.
[[nodiscard]] bool holder_is_gone(const std::string& holder, const std::string& this_host);
[[nodiscard]] bool holder_lives_here(const std::string& holder, const std::string& this_host);

} // namespace turntable::migrate
