// swap and revert: drain, compare what is left, exchange, record, in one write transaction.
#include <chrono>

#include "catalog.hpp"
#include "comparison.hpp"
#include "exchange.hpp"
#include "locked.hpp"
#include "names.hpp"
#include "objects.hpp"
#include "parts.hpp"
#include "revert_probe.hpp"
#include "source_check.hpp"

namespace turntable::sqlite {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = SwapOutcome::Kind;

// A drain of more keys than this in one millisecond of the budget is not begun (measured: 30 to 100).
constexpr std::int64_t keys_per_ms = 50;

class Attempt {
  public:
    Attempt(Session& session, const SwapRequest& request, const Replayer& replayer)
        : session_(session), request_(request), replayer_(replayer), detail_(detail_of(request.blueprint)) {}

    [[nodiscard]] SwapOutcome run() {
        // Else the commit of the swap may pay for the checkpoint, with all writers waiting.
        session_.run("PRAGMA wal_checkpoint(PASSIVE)");
        if (!parents_present()) {
            return outcome_;
        }
        const RenameSettings settings{session_};
        const LockWait wait{session_, request_.budget.lock_timeout};
        try {
            Transaction transaction{session_, TxMode::write};
            locked_since_ = Clock::now();
            if (!ready_to_exchange()) {
                outcome_.held = held();
                return outcome_;
            }
            exchange();
            request_.record(session_);
            return committed(transaction);
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::transient) {
                throw;
            }
            outcome_.kind = Kind::lock_not_granted;
            outcome_.blockers = lock_holders(session_);
            return outcome_;
        }
    }

  private:
    [[nodiscard]] Millis held() const {
        return std::chrono::duration_cast<Millis>(Clock::now() - locked_since_);
    }

    SwapOutcome committed(Transaction& transaction) {
        try {
            transaction.commit();
        } catch (const DatabaseError& error) {
            if (error.kind() != DatabaseErrorKind::outcome_unknown) {
                throw;
            }
            outcome_.kind = Kind::outcome_unknown;
            return outcome_;
        }
        outcome_.kind = Kind::done;
        outcome_.held = held();
        return outcome_;
    }

    // Fences, looks, drains and compares; sets the outcome and returns false where the exchange must not
    // happen.
    bool ready_to_exchange() {
        request_.fence(session_);
        return unaltered() && drained() && compared();
    }

    // Rows that would be orphans under a foreign key that the exchange brings, looked for right before the
    // lock: under it the whole table would be read while writers wait.
    bool parents_present() {
        outcome_.kind = Kind::clashes;
        if (request_.direction == Direction::back) {
            const Flow flow = flow_of(request_.blueprint, detail_, Direction::back);
            outcome_.clashes = orphans_of_way_back(session_, detail_, flow, differences_shown_max);
        } else if (detail_.foreign_keys_added) {
            find_orphans();
        }
        return outcome_.clashes.empty();
    }

    void find_orphans() {
        const Flow flow = flow_of(request_.blueprint, detail_, Direction::forward);
        const KeyTerms terms = flow.from_terms("");
        for (const Rule& rule : detail_.rules) {
            if (rule.rule != "foreign_key") {
                continue;
            }
            for (const auto& row : session_
                                       .run("SELECT " + key_cells(terms) + " FROM " + identifier(flow.from) +
                                                " WHERE " + rule.violates + " LIMIT ?",
                                            {std::int64_t{differences_shown_max}})
                                       .rows) {
                outcome_.clashes.push_back({shown_key(flow.from_key, encode_key(row, 0, terms.size())),
                                            "no parent row for " + rule.subject});
            }
        }
    }

    bool unaltered() {
        const Blueprint& blueprint = request_.blueprint;
        outcome_.drift = request_.direction == Direction::forward
                             ? source_drift(session_, blueprint, detail_)
                             : window_drift(session_, blueprint, detail_);
        outcome_.kind = Kind::drifted;
        return outcome_.drift.drift == Drift::none;
    }

    // The rest of the log goes in one batch, where no stale row is left for another to clash with.
    bool drained() {
        const std::int64_t keys_max = std::max<std::int64_t>(1, request_.budget.hold.count() * keys_per_ms);
        outcome_.kind = Kind::over_budget;
        if (replayer_.backlog(session_, request_.blueprint, request_.direction, keys_max + 1) > keys_max) {
            return false;
        }
        const Replayed replayed =
            replayer_.replay_batch(session_, request_.blueprint, request_.direction, keys_max);
        outcome_.drained = replayed.entries;
        if (!replayed.clashes.empty()) {
            outcome_.kind = Kind::clashes;
            outcome_.clashes = replayed.clashes;
            return false;
        }
        return held() <= request_.budget.hold;
    }

    bool compared() {
        if (request_.direction == Direction::back || request_.recheck.empty()) {
            return true;
        }
        const Flow flow = flow_of(request_.blueprint, detail_, Direction::forward);
        Comparison comparison{session_, request_.blueprint, flow, differences_shown_max};
        for (const KeyScope& scope : scopes_of(flow, detail_, request_.recheck)) {
            comparison.add(scope);
        }
        const VerifiedChunk result = comparison.result();
        outcome_.kind = result.difference_count > 0 ? Kind::differs : Kind::over_budget;
        outcome_.differences = result.differences;
        return result.difference_count == 0 && held() <= request_.budget.hold;
    }

    void exchange() {
        if (request_.direction == Direction::forward) {
            exchange_forward(session_, detail_,
                             request_.keep_old ? ReverseCapture::leave : ReverseCapture::none);
        } else {
            exchange_back(session_, detail_);
        }
    }

    static constexpr int differences_shown_max = 10;

    Session& session_;
    const SwapRequest& request_;
    const Replayer& replayer_;
    Detail detail_;
    SwapOutcome outcome_;
    Clock::time_point locked_since_;
};

class SqliteSwapper final : public Swapper {
  public:
    [[nodiscard]] SwapOutcome swap(SessionSource&, Session& session,
                                   const SwapRequest& request) const override {
        return Attempt{session, request, *replayer_}.run();
    }

    [[nodiscard]] Placement where_is(Session& session, const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        const Transaction snapshot{session, TxMode::snapshot};
        const auto present = [&](const std::string& type, const std::string& name, const std::string& sql) {
            return exists_as_planned(session, {type, name, sql});
        };
        // Ours are recognised by their text. The application's table may have been altered since: what that
        // means is for the checks before the next step to say.
        const auto placed = [&](Placement placement) {
            return object_sql(query_of(session), "table", blueprint.source.name) ? placement
                                                                                 : Placement::inconsistent;
        };
        if (present("table", blueprint.old_name, detail.source.parked_sql)) {
            return placed(Placement::swapped);
        }
        if (present("table", blueprint.shadow_name, detail.retired_sql)) {
            return placed(Placement::reverted);
        }
        if (!detail.capture.empty() &&
            present("trigger", detail.capture.front().name, detail.capture.front().sql)) {
            return placed(Placement::captured);
        }
        if (has_shape(session, detail.source, detail.source_indexes)) {
            return Placement::untouched;
        }
        Parked finalized = detail.shadow;
        finalized.sql = detail.contracted_sql.empty() ? finalized.sql : detail.contracted_sql;
        const bool ended = has_shape(session, detail.shadow, detail.shadow_indexes) ||
                           has_shape(session, finalized, detail.shadow_indexes);
        return ended ? Placement::finalized : Placement::inconsistent;
    }

    void after_swap(Session& session, const Blueprint&, Direction) const override {
        // The exchange leaves the WAL before writers have to pay for it.
        session.run("PRAGMA wal_checkpoint(PASSIVE)");
    }

    [[nodiscard]] DriftReport check_window(Session& session, const Blueprint& blueprint) const override {
        const Transaction snapshot{session, TxMode::snapshot};
        return window_drift(session, blueprint, detail_of(blueprint));
    }

    [[nodiscard]] std::vector<Clash> probe_revert(Session& session, const Blueprint& blueprint,
                                                  int example_keys_max) const override {
        return probe_way_back(session, blueprint, example_keys_max);
    }

  private:
    static bool has_shape(Session& session, const Parked& table, const std::vector<Parked>& indexes) {
        bool whole = exists_as_planned(session, {"table", table.name, table.sql});
        for (const Parked& index : indexes) {
            whole = whole && exists_as_planned(session, {"index", index.name, index.sql});
        }
        return whole;
    }

    std::unique_ptr<Replayer> replayer_ = make_replayer();
};

} // namespace

std::unique_ptr<Swapper> make_swapper() {
    return std::make_unique<SqliteSwapper>();
}

} // namespace turntable::sqlite
