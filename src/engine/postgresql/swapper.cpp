// The swap and the revert: one transaction under one exclusive lock.
#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "job_state.hpp"
#include "locks.hpp"
#include "old_snapshots.hpp"
#include "parts.hpp"
#include "replay.hpp"
#include "source_guard.hpp"
#include "sql_text.hpp"
#include "verify_rows.hpp"
#include "window_check.hpp"

namespace turntable::postgresql {
namespace {

using Kind = SwapOutcome::Kind;

// What ends a try early: thrown inside the transaction, which is then rolled back.
struct Abandoned {
    SwapOutcome outcome;
};

SwapOutcome of_kind(Kind kind) {
    SwapOutcome outcome;
    outcome.kind = kind;
    return outcome;
}

// One try of a swap or a revert, from the fence to the commit.
class Attempt {
  public:
    Attempt(Session& session, const SwapRequest& request, const Detail& detail)
        : session_(session),
          request_(request),
          detail_(detail),
          forward_(request.direction == Direction::forward),
          wanted_{.table = detail.names.source} {}

    // What the last try wanted to lock when it ended: who holds it is in the way.
    struct Wanted {
        std::string table;
        TableLock lock = TableLock::access_exclusive;
        bool its_sequences = false; // of the table, instead of the table itself
    };
    [[nodiscard]] const Wanted& wanted() const { return wanted_; }

    [[nodiscard]] SwapOutcome run() {
        Transaction transaction{session_, TxMode::write};
        request_.fence(session_);
        use_job_settings(session_, detail_);
        lock_the_other_side();
        wanted_ = {.table = detail_.names.source};
        if (!lock_table(session_, detail_.names.source, TableLock::access_exclusive,
                        request_.budget.lock_timeout)) {
            throw Abandoned{of_kind(Kind::lock_not_granted)};
        }
        const Stopwatch held;
        take_further_locks();
        check_drift();
        SwapOutcome outcome = of_kind(Kind::done);
        within_budget(held, [&] {
            outcome.drained = drain();
            recheck();
        });
        exchange();
        request_.record(session_);
        transaction.commit();
        outcome.held = held.elapsed();
        return outcome;
    }

  private:
    void run_all(const std::vector<Statement>& statements) {
        for (const Statement& statement : statements) {
            session_.run(statement);
        }
    }

    // The application has no business there, so nobody minds the wait: long enough for an autovacuum to
    // yield.
    void lock_the_other_side() {
        wanted_ = {.table = forward_ ? detail_.names.shadow : detail_.names.old};
        session_.run("SELECT pg_catalog.set_config('lock_timeout', (setting::bigint + 1000)::text, true)"
                     " FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'");
        session_.run(fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", wanted_.table));
    }

    // Never waited for: lock_table() left lock_timeout at 10 ms. So the application is nobody's deadlock
    // victim.
    void take_further_locks() {
        for (const FurtherLock& lock : forward_ ? detail_.swap_locks : detail_.revert_locks) {
            lock_now(lock);
        }
        wanted_ = {.table = detail_.names.source, .its_sequences = true};
    }

    void lock_now(const FurtherLock& lock) {
        wanted_ = {.table = lock.table,
                   .lock = lock.mode == "ACCESS EXCLUSIVE" ? TableLock::access_exclusive
                                                           : TableLock::share_row_exclusive};
        session_.run(fmt::format("LOCK TABLE {} IN {} MODE NOWAIT", lock.table, lock.mode));
    }

    void check_drift() {
        DriftReport report = forward_ ? check_against(session_, detail_, origin_from_json(request_.origin))
                                      : postgresql::check_window(session_, request_.blueprint, detail_);
        if (report.drift != Drift::none) {
            Abandoned drifted{of_kind(Kind::drifted)};
            drifted.outcome.drift = std::move(report);
            throw drifted;
        }
    }

    static Abandoned over_budget(const Stopwatch& held) {
        Abandoned abandoned{of_kind(Kind::over_budget)};
        abandoned.outcome.held = held.elapsed();
        return abandoned;
    }

    template <typename Work>
    void within_budget(const Stopwatch& held, const Work& work) {
        const std::int64_t left = std::max<std::int64_t>((request_.budget.hold - held.elapsed()).count(), 1);
        session_.run(fmt::format("SET LOCAL statement_timeout = {}", left));
        try {
            work();
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::cancelled) {
                throw;
            }
            throw over_budget(held);
        }
        if (held.elapsed() > request_.budget.hold) {
            throw over_budget(held);
        }
        session_.run("SET LOCAL statement_timeout = 0");
    }

    // All entries in one batch, where no stale row is left to clash; then once more, until a whole scan finds
    // none.
    [[nodiscard]] Rows drain() {
        Rows drained = 0;
        for (;;) {
            const LogEntries entries = take_entries(session_, detail_, request_.direction, std::nullopt);
            if (entries.count == 0) {
                return drained;
            }
            Replayed replayed =
                apply_entries(session_, request_.blueprint, detail_, request_.direction, entries);
            if (!replayed.clashes.empty()) {
                Abandoned refused{of_kind(Kind::clashes)};
                refused.outcome.clashes = std::move(replayed.clashes);
                throw refused;
            }
            drained += entries.count;
        }
    }

    void recheck() {
        if (!forward_ || request_.recheck.empty()) {
            return;
        }
        constexpr int differences_max = 20;
        VerifiedChunk compared =
            compare_keys(session_, request_.blueprint, detail_, request_.recheck, differences_max);
        check(compared.pending.empty(), "the log is empty after the drain");
        if (compared.difference_count > 0) {
            Abandoned differing{of_kind(Kind::differs)};
            differing.outcome.differences = std::move(compared.differences);
            throw differing;
        }
    }

    void exchange() {
        if (!forward_) {
            run_all(detail_.reverse_uncapture);
            run_all(detail_.revert);
            return;
        }
        run_all(detail_.uncapture);
        run_all(detail_.swap);
        if (request_.keep_old) {
            run_all(detail_.reverse_capture);
            remember_window(session_, request_.blueprint, detail_);
        }
    }

    Session& session_;
    const SwapRequest& request_;
    const Detail& detail_;
    bool forward_;
    Wanted wanted_;
};

// Sequences are locked by the swap's own statements; no other lock is asked for after the tables'.
std::vector<std::string> sequences_of(Session& session, const std::string& table) {
    std::vector<std::string> names;
    const ResultSet found = session.run("SELECT d.objid::regclass::text FROM pg_catalog.pg_depend AS d JOIN "
                                        "pg_catalog.pg_class AS c ON c.oid = d.objid"
                                        " WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid "
                                        "= 'pg_catalog.pg_class'::regclass"
                                        " AND d.refobjid = pg_catalog.to_regclass($1) AND c.relkind = 'S' "
                                        "AND d.deptype IN ('a', 'i') ORDER BY 1",
                                        {table});
    for (const std::vector<Cell>& row : found.rows) {
        names.push_back(row[0].value_or(""));
    }
    return names;
}

class PostgresqlSwapper final : public Swapper {
  public:
    [[nodiscard]] SwapOutcome swap(SessionSource& sessions, Session& session,
                                   const SwapRequest& request) const override {
        static_cast<void>(sessions);
        const Detail detail = detail_of(request.blueprint);
        if (!request.allow_old_snapshots) {
            if (std::vector<Blocker> holders = old_snapshots_that_stay(session, request.blueprint, detail);
                !holders.empty()) {
                SwapOutcome outcome = of_kind(Kind::old_snapshots);
                outcome.blockers = std::move(holders);
                return outcome;
            }
        }
        SwapOutcome outcome = attempted(session, request, detail);
        if (outcome.kind == Kind::lock_not_granted) {
            if (const auto longer = second_try(session, outcome.blockers, request.budget.lock_timeout)) {
                SwapRequest again = request;
                again.budget.lock_timeout = *longer;
                return attempted(session, again, detail);
            }
        }
        return outcome;
    }

    [[nodiscard]] Placement where_is(Session& session, const Blueprint& blueprint) const override;
    void after_swap(Session& session, const Blueprint& blueprint, Direction direction) const override;
    [[nodiscard]] DriftReport check_window(Session& session, const Blueprint& blueprint) const override;
    [[nodiscard]] std::vector<Clash> probe_revert(Session& session, const Blueprint& blueprint,
                                                  int example_keys_max) const override;

  private:
    static SwapOutcome attempted(Session& session, const SwapRequest& request, const Detail& detail) {
        Attempt attempt{session, request, detail};
        try {
            return attempt.run();
        } catch (Abandoned& abandoned) {
            return with_blockers(session, attempt.wanted(), std::move(abandoned.outcome));
        } catch (const DatabaseError& error) {
            if (error.kind() == DatabaseErrorKind::outcome_unknown) {
                return of_kind(Kind::outcome_unknown);
            }
            if (lock_was_refused(error)) {
                return with_blockers(session, attempt.wanted(), of_kind(Kind::lock_not_granted));
            }
            throw;
        }
    }

    static SwapOutcome with_blockers(Session& session, const Attempt::Wanted& wanted, SwapOutcome outcome) {
        if (outcome.kind != Kind::lock_not_granted) {
            return outcome;
        }
        if (!wanted.its_sequences) {
            outcome.blockers = blockers_of(session, wanted.table, wanted.lock);
            return outcome;
        }
        for (const std::string& sequence : sequences_of(session, wanted.table)) {
            std::ranges::move(blockers_of(session, sequence, TableLock::access_exclusive),
                              std::back_inserter(outcome.blockers));
        }
        return outcome;
    }
};

Placement PostgresqlSwapper::where_is(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    const JobObjects objects = job_objects(blueprint, detail);
    const ResultSet found = session.run(fmt::format(
        "SELECT pg_catalog.to_regclass({0})::oid::bigint = {1}, pg_catalog.to_regclass({2})::oid::bigint = "
        "{1},"
        " EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = {1}), {3} IS NOT NULL,"
        " pg_catalog.to_regclass({4}) IS NOT NULL",
        literal(detail.names.source), detail.source_oid, literal(detail.names.old),
        capture_signature(detail, std::to_string(detail.source_oid)), literal(objects.state_text)));
    const std::vector<Cell>& row = found.rows.at(0);
    const bool source_has_name = row[0] == "t";
    if (source_has_name && row[3] == "t") {
        return Placement::captured;
    }
    if (source_has_name) {
        const bool swapped_once =
            row[4] == "t" &&
            session.run("SELECT bool_or(reverse_capture IS NOT NULL) FROM " + objects.state).only() == "t";
        return swapped_once ? Placement::reverted : Placement::untouched;
    }
    if (row[1] == "t") {
        return row[0].has_value() ? Placement::swapped : Placement::inconsistent;
    }
    return row[0].has_value() && row[2] == "f" ? Placement::finalized : Placement::inconsistent;
}

void PostgresqlSwapper::after_swap(Session& session, const Blueprint& blueprint, Direction direction) const {
    const Detail detail = detail_of(blueprint);
    for (const Statement& statement :
         direction == Direction::forward ? detail.after_swap : detail.after_revert) {
        Transaction transaction{session, TxMode::write};
        use_job_settings(session, detail);
        session.run(statement);
        transaction.commit();
    }
}

DriftReport PostgresqlSwapper::check_window(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    const Transaction reading{session, TxMode::write};
    use_job_settings(session, detail);
    return postgresql::check_window(session, blueprint, detail);
}

std::vector<Clash> orphans_in_old(Session& session, const Detail& detail, int example_keys_max) {
    std::vector<Clash> out;
    for (const TableRule& rule : detail.way_back_rules) {
        for (const std::vector<Cell>& row :
             session.run(fmt::format("{} LIMIT {}", rule.examples_sql, example_keys_max)).rows) {
            out.push_back({row.at(0).value_or(""), fmt::format("no parent row for {} of FOREIGN KEY {}",
                                                               row.at(1).value_or(""), rule.subject)});
        }
    }
    return out;
}

// A rehearsal: the window's log is replayed into the old table and rolled back, so every rule of the old
// shape has its say, also those between rows. What is still refused when nothing moves any more does not fit;
// nor does a row without a parent, of a foreign key that comes back.
std::vector<Clash> PostgresqlSwapper::probe_revert(Session& session, const Blueprint& blueprint,
                                                   int example_keys_max) const {
    constexpr Rows entries_max = 50'000;
    const Detail detail = detail_of(blueprint);
    const Transaction never_committed{session, TxMode::write};
    use_job_settings(session, detail);
    std::set<std::string> refused;
    for (;;) {
        const LogEntries entries = take_entries(session, detail, Direction::back, entries_max);
        if (entries.count == 0) {
            return orphans_in_old(session, detail, example_keys_max);
        }
        std::vector<Clash> clashes =
            apply_entries(session, blueprint, detail, Direction::back, entries).clashes;
        const bool all_refused =
            clashes.size() == entries.keys.size() && !entries.truncated && entries.count < entries_max;
        const bool again =
            std::ranges::all_of(clashes, [&](const Clash& clash) { return refused.contains(clash.key); });
        if (all_refused && again) {
            clashes.resize(std::min(clashes.size(), static_cast<std::size_t>(std::max(example_keys_max, 1))));
            return clashes;
        }
        for (const Clash& clash : clashes) {
            refused.insert(clash.key);
        }
    }
}

} // namespace

std::unique_ptr<Swapper> make_swapper() {
    return std::make_unique<PostgresqlSwapper>();
}

} // namespace turntable::postgresql
