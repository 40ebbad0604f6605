// MariaDB refuses RENAME TABLE under LOCK TABLES, and two ALTER … RENAME leave a moment without the table.
// So:
//   A  LOCK TABLES t READ, t_old WRITE     t_old is an empty sentry; writers of t queue up
//   D  drains the log, sees it empty, ends its transaction
//   B  RENAME TABLE t TO t_old, t_new TO t   once, never retried; waits for A on t
//   A  sees B wait in the process list, drops the sentry, unlocks
// B then runs before all writers that queued. If A dies, the renaming fails on the sentry and t lives on.
#include <fmt/format.h>

#include <future>
#include <thread>

#include "catalog.hpp"
#include "process_list.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "swap_steps.hpp"

namespace turntable::mysql {
namespace {

constexpr Millis wait_seen_max{200};
constexpr Millis poll_interval{2};
// B waits for A, which waits for the sight of B. More than is needed; see below for those B waits for
// besides.
constexpr Millis rename_wait{3000};

void make_sentry(Session& session, const std::string& schema, const std::string& name) {
    if (is_sentry(session, schema, name)) {
        return; // of a try that was cut off
    }
    session.run("CREATE TABLE " + quote_name(name) + " (turntable_sentry INT PRIMARY KEY) ENGINE = InnoDB");
}

void drop_sentry(Session& session, const std::string& schema, const std::string& name) {
    if (session.usable() && is_sentry(session, schema, name)) {
        session.run("DROP TABLE IF EXISTS " + quote_name(name));
    }
}

// Renames in a thread of its own; get() gives how it ended.
enum class Renamed { yes, no, unknown };

Renamed rename(Session& renamer, const std::string& statement) {
    try {
        renamer.run(Statement{statement, {}, "the swap", Blocks::everyone_briefly});
        return Renamed::yes;
    } catch (const DatabaseError& error) {
        return error.kind() == DatabaseErrorKind::outcome_unknown ? Renamed::unknown : Renamed::no;
    }
}

bool is_waiting(Session& session, const std::string& id) {
    const ResultSet state = session.run("SELECT STATE FROM information_schema.PROCESSLIST WHERE ID = " + id);
    return !state.rows.empty() && state.rows[0][0] == "Waiting for table metadata lock";
}

bool seen_waiting(Session& session, const std::string& id, const std::future<Renamed>& renaming) {
    const Stopwatch watch;
    while (watch.elapsed() < wait_seen_max) {
        if (is_waiting(session, id)) {
            return true;
        }
        if (renaming.wait_for(poll_interval) == std::future_status::ready) {
            return false; // it failed at once
        }
    }
    return false;
}

// Ends B and waits until the server has no such session any more: its client hears of the end before the
// renaming, still queued or only just received, has seen it, and one that runs after the unlocking would swap
// with writes that nobody replayed. Throws, with the lock still held, if it cannot be seen gone.
void end_renamer(Session& session, const std::string& id, std::future<Renamed>& renaming) {
    try {
        session.run("KILL CONNECTION " + id);
    } catch (const DatabaseError& error) {
        if (error.native() != "1094") { // no such session
            throw;
        }
    }
    renaming.wait();
    while (session_exists(session, id)) {
        std::this_thread::sleep_for(poll_interval);
    }
}

class SentrySwap {
  public:
    SentrySwap(SessionSource& sessions, Session& session, const SwapRequest& request)
        : session_(session),
          request_(request),
          detail_(detail_of(request.blueprint)),
          route_(make_route(request.blueprint, detail_, request.direction)),
          names_(swap_names(request.blueprint, request.direction)),
          schema_(request.blueprint.source.schema),
          locker_(sessions.open(SessionUse::control)),
          renamer_(sessions.open(SessionUse::control)) {}

    SwapOutcome run() {
        make_sentry(session_, schema_, names_.parked);
        const Statement lock{
            fmt::format("LOCK TABLES {} READ, {} WRITE", quote_name(names_.live), quote_name(names_.parked)),
            {},
            "no writer from here on",
            Blocks::writers_briefly};
        SwapOutcome outcome;
        if (!run_within(*locker_, lock, request_.budget.lock_timeout)) {
            outcome.blockers = blockers_of(session_, schema_, names_.live);
            drop_sentry(session_, schema_, names_.parked);
            return outcome;
        }
        try {
            outcome = locked();
        } catch (const std::exception&) {
            unlock();
            drop_sentry_if_untouched();
            throw;
        }
        unlock();
        if (outcome.kind != SwapOutcome::Kind::done) {
            drop_sentry_if_untouched();
        }
        return outcome;
    }

  private:
    SwapOutcome locked() {
        const Stopwatch held;
        Rows drained = 0;
        if (auto refused = drain(held, drained)) {
            refused->held = held.elapsed();
            refused->drained = drained;
            return *refused;
        }
        SwapOutcome outcome;
        outcome.drained = drained;
        outcome.kind = let_renamer_in();
        outcome.held = held.elapsed();
        if (outcome.kind == SwapOutcome::Kind::lock_not_granted) {
            outcome.blockers = blockers_of(session_, schema_, names_.live);
        }
        return outcome;
    }

    // D: in one transaction, which ends before B queues.
    std::optional<SwapOutcome> drain(const Stopwatch& held, Rows& drained) {
        set_lock_wait(session_, request_.budget.lock_timeout);
        return settle_under_lock(session_, request_, detail_, route_, held, drained);
    }

    SwapOutcome::Kind let_renamer_in() {
        set_lock_wait(*renamer_, rename_wait);
        const std::string id = renamer_->server_id();
        std::future<Renamed> renaming =
            std::async(std::launch::async, [this] { return rename(*renamer_, rename_statement(names_)); });
        try {
            if (!seen_waiting(session_, id, renaming)) {
                end_renamer(session_, id, renaming);
                return SwapOutcome::Kind::lock_not_granted;
            }
            locker_->run("DROP TABLE " + quote_name(names_.parked));
            locker_->run("UNLOCK TABLES");
        } catch (const DatabaseError&) {
            // A is gone, or its answer: B decides. With the sentry standing it fails, without it it succeeds.
            locker_.reset();
        }
        // LOCK TABLES … READ was granted beside transactions that have read the table; B waits for them, and
        // all others for B.
        Watchdog patience{*renamer_, request_.budget.lock_timeout};
        Renamed renamed = renaming.get();
        if (patience.stop() && renamed == Renamed::no) { // it is over, and the tables say how it ended
            renamed =
                table_exists(session_, schema_, names_.parked) && !is_sentry(session_, schema_, names_.parked)
                    ? Renamed::yes
                    : Renamed::no;
        }
        switch (renamed) {
        case Renamed::yes:
            return SwapOutcome::Kind::done;
        case Renamed::no:
            return SwapOutcome::Kind::lock_not_granted;
        case Renamed::unknown:
            return SwapOutcome::Kind::outcome_unknown;
        }
        check(false, "unknown Renamed");
        return SwapOutcome::Kind::outcome_unknown;
    }

    void unlock() {
        if (locker_ && locker_->usable()) {
            try {
                locker_->run("UNLOCK TABLES");
            } catch (const DatabaseError&) { // gone, and its locks with it
                locker_.reset();
            }
        }
    }

    void drop_sentry_if_untouched() {
        try {
            drop_sentry(session_, schema_, names_.parked);
        } catch (const DatabaseError&) { // the next try finds it and uses it
            return;
        }
    }

    Session& session_;
    const SwapRequest& request_;
    Detail detail_;
    Route route_;
    SwapNames names_;
    std::string schema_;
    std::unique_ptr<Session> locker_, renamer_;
};

} // namespace

SwapOutcome swap_with_sentry(SessionSource& sessions, Session& session, const SwapRequest& request) {
    return SentrySwap{sessions, session, request}.run();
}

} // namespace turntable::mysql
