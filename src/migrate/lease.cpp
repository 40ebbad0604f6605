#include "migrate/lease.hpp"

#include <charconv>
#include <csignal>
#include <unistd.h>

#include <fmt/core.h>

namespace turntable::migrate {
namespace {

constexpr const char* lease_name = "migrate";

std::int64_t now_ms(Clock& clock) {
    return std::chrono::duration_cast<Millis>(clock.wall().time_since_epoch()).count();
}

std::int64_t integer(const Cell& cell) {
    std::int64_t value = 0;
    if (cell) {
        std::from_chars(cell->data(), cell->data() + cell->size(), value);
    }
    return value;
}

// Names of a holder's sessions. The next epoch's differ, so that who ends those of a dead holder does not
// meet those of a third who was quicker.
std::string sessions_of(std::int64_t epoch) {
    return epoch % 2 == 0 ? "migrate-even" : "migrate-odd";
}

// Nothing but a lock that was not granted: nobody has decided anything.
bool is_wait(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::lock_timeout || error.kind() == DatabaseErrorKind::transient;
}

// The process id of a holder of this host.
std::optional<pid_t> local_process(const std::string& holder, const std::string& this_host) {
    const auto colon = holder.rfind(':');
    const auto own = this_host.rfind(':');
    if (colon == std::string::npos || own == std::string::npos ||
        holder.substr(0, colon) != this_host.substr(0, own)) {
        return std::nullopt;
    }
    return static_cast<pid_t>(integer(holder.substr(colon + 1)));
}

bool process_lives(pid_t process) {
    return process > 0 && (kill(process, 0) == 0 || errno == EPERM);
}

} // namespace

bool holder_is_gone(const std::string& holder, const std::string& this_host) {
    const auto process = local_process(holder, this_host);
    return process && !process_lives(*process);
}

bool holder_lives_here(const std::string& holder, const std::string& this_host) {
    const auto process = local_process(holder, this_host);
    return process && process_lives(*process);
}

LeaseHolder lease_holder(const Store& store, Session& session) {
    const ResultSet found = session.run(
        fmt::format(
            "SELECT l.holder, l.done_by, l.purpose, l.epoch, l.since_ms, b.beats, b.at_ms FROM {} AS l LEFT "
            "JOIN {} AS b ON b.name = l.name WHERE l.name = ?",
            store.table("migration_lease"), store.table("migration_beat")),
        {std::string{lease_name}});
    if (found.rows.empty()) {
        return {};
    }
    const auto& row = found.rows.front();
    return {row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), integer(row[3]),
            integer(row[4]),     integer(row[5]),     integer(row[6])};
}

void release_lease(const Store& store, Session& session) {
    session.run(fmt::format("UPDATE {} SET holder = '', epoch = epoch + 1 WHERE name = ?",
                            store.table("migration_lease")),
                {std::string{lease_name}});
}

Lease::Lease(Engine& engine, Clock& clock, Session& session, Wishes wishes)
    : engine_(engine), clock_(clock), store_(engine), wishes_(std::move(wishes)) {
    wait_for_turn(session);
    // From now on our sessions can be found by who takes over from us; and those of a dead holder end here.
    engine_.name_sessions(sessions_of(epoch_));
    engine_.journal().end_orphans(session, sessions_of(epoch_));
    engine_.journal().end_orphans(session, sessions_of(epoch_ + 1));
    session_ = engine_.open(SessionUse::plain);
    if (wishes_.threads == run::Threads::background) {
        heart_ = std::thread{[this] { live(); }};
    }
}

Lease::~Lease() {
    {
        const std::scoped_lock lock{mutex_};
        ending_ = true;
    }
    wake_.notify_all();
    if (heart_.joinable()) {
        heart_.join();
    }
    give_back();
}

// One try. The row is written on condition of the epoch that was seen, so that of several exactly one wins.
Lease::Take Lease::try_take(Session& session, const LeaseHolder& seen) {
    try {
        Transaction transaction{session, TxMode::write};
        if (seen.epoch == 0) {
            session.run(
                fmt::format("INSERT INTO {} (name, epoch, holder, done_by, since_ms, purpose) VALUES (?, 1, "
                            "?, ?, ?, ?)",
                            store_.table("migration_lease")),
                {std::string{lease_name}, wishes_.holder, wishes_.who, now_ms(clock_), wishes_.purpose});
        } else if (session
                       .run(fmt::format(
                                "UPDATE {} SET epoch = epoch + 1, holder = ?, done_by = ?, since_ms = ?, "
                                "purpose = ? WHERE name = ? AND epoch = ?",
                                store_.table("migration_lease")),
                            {wishes_.holder, wishes_.who, now_ms(clock_), wishes_.purpose,
                             std::string{lease_name}, seen.epoch})
                       .affected != 1) {
            return Take::lost;
        }
        // A holder that was only late is alive: his beat since we looked shows it.
        if (lease_holder(store_, session).beats != seen.beats) {
            return Take::lost;
        }
        transaction.commit();
    } catch (const DatabaseError& error) {
        if (is_wait(error)) {
            return Take::locked;
        }
        if (error.kind() == DatabaseErrorKind::unique_violation) {
            return Take::lost;
        }
        throw;
    }
    epoch_ = seen.epoch + 1;
    return Take::done;
}

// A server goes on with the statement of a client that is gone, for hours maybe, and its transaction keeps
// the row from us.
void Lease::end_sessions_of(Session& session, const LeaseHolder& dead) {
    const LeaseHolder now = lease_holder(store_, session);
    if (now.epoch != dead.epoch || now.beats != dead.beats) {
        return;
    }
    try {
        engine_.journal().end_orphans(session, sessions_of(dead.epoch));
    } catch (const std::exception& error) {
        if (!told_) {
            wishes_.note(std::string{"its sessions are waited for: "} + error.what());
        }
        told_ = true;
    }
}

void Lease::wait_for_turn(Session& session) {
    const auto started = clock_.now();
    LeaseHolder seen = lease_holder(store_, session);
    auto moved = clock_.now();
    while (true) {
        const LeaseHolder now = lease_holder(store_, session);
        if (now.epoch != seen.epoch || now.beats != seen.beats) {
            moved = clock_.now();
        }
        seen = now;
        const auto still = clock_.now() - moved;
        const bool gone = holder_is_gone(seen.holder, wishes_.holder);
        const bool lives = holder_lives_here(seen.holder, wishes_.holder);
        const Millis limit = gone    ? wishes_.times.dead_local
                             : lives ? wishes_.times.stuck
                                     : wishes_.times.dead;
        if (seen.holder.empty() || still >= limit) {
            const Take take = try_take(session, seen);
            if (take == Take::done) {
                return;
            }
            if (take == Take::locked && !seen.holder.empty()) {
                end_sessions_of(session, seen);
            }
        }
        if (!seen.holder.empty() && !waited_) {
            waited_ = true;
            wishes_.note(fmt::format("{} ({}) is migrating this database: waiting", seen.holder, seen.who));
        }
        if (wishes_.stop && wishes_.stop()) {
            throw Error{ErrorKind::stopped, "interrupted", "stopped while waiting for another migration"};
        }
        if (clock_.now() - started >= wishes_.wait_max) {
            throw Error{ErrorKind::busy, "migrating",
                        fmt::format("{} ({}) is migrating this database", seen.holder, seen.who)}
                .next("try again later, or see `turntable lock`");
        }
        clock_.sleep(wishes_.times.look);
    }
}

void Lease::fence(Session& session) const {
    const ResultSet found =
        session.run(fmt::format("SELECT epoch FROM {} WHERE name = ?{}", store_.table("migration_lease"),
                                engine_.journal().share_lock()),
                    {std::string{lease_name}});
    if (found.rows.empty() || integer(found.rows.front().front()) != epoch_) {
        throw Error{ErrorKind::stopped, "fenced", "another process has taken over the migration"}
            .left("what is finished; the other process goes on")
            .next("turntable status");
    }
}

Session& Lease::own_session() {
    if (!session_ || !session_->usable()) {
        session_ = engine_.open(SessionUse::plain);
    }
    return *session_;
}

void Lease::beat() {
    Session& session = own_session();
    const std::string name = lease_name;
    const std::string table = store_.table("migration_beat");
    const bool known =
        session.run(fmt::format("SELECT count(*) FROM {} WHERE name = ?", table), {name}).only_integer() > 0;
    if (known) {
        session.run(fmt::format("UPDATE {} SET beats = beats + 1, at_ms = ? WHERE name = ?", table),
                    {now_ms(clock_), name});
    } else {
        session.run(fmt::format("INSERT INTO {} (name, beats, at_ms) VALUES (?, 1, ?)", table),
                    {name, now_ms(clock_)});
    }
}

// A beat that could not be written is a late one: the next tells whether the lease is still ours, and the
// fence of every transaction does.
void Lease::live() {
    std::unique_lock lock{mutex_};
    while (!ending_) {
        lock.unlock();
        try {
            beat();
        } catch (const std::exception&) {
            session_ = nullptr; // a new one at the next beat
        }
        lock.lock();
        wake_.wait_for(lock, wishes_.times.beat, [this] { return ending_; });
    }
}

void Lease::give_back() noexcept {
    try {
        own_session().run(fmt::format("UPDATE {} SET holder = '' WHERE name = ? AND epoch = ?",
                                      store_.table("migration_lease")),
                          {std::string{lease_name}, epoch_});
    } catch (...) {
        session_ = nullptr; // it runs out
    }
}

} // namespace turntable::migrate
