#include "foreign_key_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "create_text.hpp"
#include "foreign_key_change.hpp"
#include "prepared_transactions.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "unchecked.hpp"

namespace turntable::mysql {
namespace {

bool has(const std::string& create, const KeyStep& step) {
    const auto is_it = [&](const auto& line) {
        return same_name(line.name, step.name) && line.definition == step.definition;
    };
    return step.kind == KeyStep::Kind::add_index ? std::ranges::any_of(index_lines(create), is_it)
                                                 : std::ranges::any_of(foreign_key_lines(create), is_it);
}

LockOutcome granted() {
    LockOutcome outcome;
    outcome.granted = true;
    return outcome;
}

LockOutcome not_granted(Session& session, const Blueprint& blueprint, const KeyStep& step) {
    LockOutcome outcome;
    outcome.blockers = blockers_of(session, blueprint.source.schema, blueprint.source.name);
    if (!step.parent.empty() && outcome.blockers.empty()) {
        outcome.blockers = blockers_of(session, step.parent_schema, step.parent);
    }
    return outcome;
}

// Writers of both tables are out as long as it lives.
class BothLocked {
  public:
    BothLocked(Session& session, const Blueprint& blueprint, const KeyStep& step, Millis lock_timeout)
        : session_(session) {
        const std::string child =
                              quote_name(blueprint.source.schema) + "." + quote_name(blueprint.source.name),
                          parent = quote_name(step.parent_schema) + "." + quote_name(step.parent);
        held_ = run_within(
            session,
            {fmt::format("LOCK TABLES {} WRITE{}", child, child == parent ? "" : ", " + parent + " READ"),
             {},
             "no open transaction on either table",
             Blocks::everyone_briefly},
            lock_timeout);
    }
    ~BothLocked() {
        if (held_) {
            run_at_last(session_, "UNLOCK TABLES");
        }
    }
    BothLocked(const BothLocked&) = delete;
    BothLocked& operator=(const BothLocked&) = delete;
    [[nodiscard]] bool held() const { return held_; }

  private:
    Session& session_;
    bool held_ = false;
};

// A transaction that deleted a parent before the key was there is asked nothing when it commits; one that
// wrote a child neither. MySQL's statement waits for both tables, MariaDB's for the child alone.
LockOutcome add_key(Session& session, const Blueprint& blueprint, ServerKind kind, const KeyStep& step,
                    const Statement& statement, const LockBudget& budget) {
    if (!(step.parent_schema == blueprint.source.schema && same_name(step.parent, blueprint.source.name))) {
        refuse_busy_parent(session, step.parent_schema, step.parent);
    }
    const UncheckedForeignKeys unchecked{session};
    if (kind == ServerKind::mysql) {
        return run_within(session, statement, budget.lock_timeout) ? granted()
                                                                   : not_granted(session, blueprint, step);
    }
    LockOutcome outcome;
    outcome.blockers = blockers_from(wait_for_prepared(session, kind, budget.lock_timeout));
    if (!outcome.blockers.empty()) {
        return outcome;
    }
    {
        const BothLocked locked{session, blueprint, step, budget.lock_timeout};
        if (locked.held()) {
            // One whose session ended meanwhile holds no lock.
            outcome.blockers = blockers_from(prepared_transactions(session, kind));
            outcome.granted = outcome.blockers.empty() && run_within(session, statement, budget.lock_timeout);
        }
    }
    return outcome.granted || !outcome.blockers.empty() ? outcome : not_granted(session, blueprint, step);
}

// Takes long where the table is long: only the server's own timeout tells waiting from working.
LockOutcome add_index(Session& session, const Blueprint& blueprint, const KeyStep& step,
                      const Statement& statement, const LockBudget& budget) {
    set_lock_wait(session, budget.lock_timeout);
    try {
        session.run(statement);
        return granted();
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::lock_timeout) {
            throw;
        }
    }
    return not_granted(session, blueprint, step);
}

LockOutcome run_short(Session& session, const Blueprint& blueprint, const KeyStep& step,
                      const std::string& clause, const LockBudget& budget) {
    const Statement statement{fmt::format("ALTER TABLE {} {}, ALGORITHM=INPLACE, LOCK=NONE",
                                          quote_name(blueprint.source.name), clause),
                              {},
                              "the change is taken back",
                              Blocks::everyone_briefly};
    return run_within(session, statement, budget.lock_timeout) ? granted()
                                                               : not_granted(session, blueprint, step);
}

LockOutcome put_back(Session& session, const Blueprint& blueprint, ServerKind kind, const KeyStep& step,
                     const LockBudget& budget) {
    const Statement statement{fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}, ALGORITHM=INPLACE, LOCK=NONE",
                                          quote_name(blueprint.source.name), quote_name(step.name),
                                          step.definition),
                              {},
                              "the foreign key is put back",
                              Blocks::everyone_briefly};
    return add_key(session, blueprint, kind, step, statement, budget);
}

bool is_away(const std::string& create, const KeyStep& step) {
    return step.kind == KeyStep::Kind::drop_key && !has(create, step);
}

} // namespace

bool foreign_key_step_done(Session& session, const Blueprint& blueprint, const KeyStep& step) {
    const std::string now = create_text(session, blueprint.source.schema, blueprint.source.name);
    return has(now, step) != (step.kind == KeyStep::Kind::drop_key);
}

LockOutcome run_foreign_key_step(Session& session, const Blueprint& blueprint, const Detail& detail,
                                 const KeyStep& step, const Statement& statement, const LockBudget& budget) {
    switch (step.kind) {
    case KeyStep::Kind::add_index:
        return add_index(session, blueprint, step, statement, budget);
    case KeyStep::Kind::add_key:
        return add_key(session, blueprint, detail.kind, step, statement, budget);
    case KeyStep::Kind::drop_key:
        return run_within(session, statement, budget.lock_timeout) ? granted()
                                                                   : not_granted(session, blueprint, step);
    }
    check(false, "unknown KeyStep::Kind");
    return {};
}

bool foreign_key_is_away(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const std::string now = create_text(session, blueprint.source.schema, blueprint.source.name);
    return std::ranges::any_of(detail.key_steps, [&](const KeyStep& step) { return is_away(now, step); });
}

std::vector<std::string> orphans_under_keys(Session& session, const Blueprint& blueprint,
                                            const Detail& detail) {
    std::vector<std::string> found;
    for (const KeyStep& step : detail.key_steps) {
        if (step.kind != KeyStep::Kind::drop_key) {
            continue;
        }
        const auto orphans = session
                                 .run(fmt::format("SELECT COUNT(*) FROM {} AS src WHERE {}",
                                                  quote_name(blueprint.source.name), step.orphan_sql))
                                 .only_integer();
        if (orphans > 0) {
            found.push_back(
                fmt::format("{} of {} without a parent: written while the foreign key {} was away",
                            orphans == 1 ? "1 row" : fmt::format("{} rows", orphans),
                            blueprint.source.display(), step.name));
        }
    }
    return found;
}

LockOutcome undo_foreign_key_steps(Session& session, const Blueprint& blueprint, const Detail& detail,
                                   const LockBudget& budget) {
    for (auto step = detail.key_steps.rbegin(); step != detail.key_steps.rend(); ++step) {
        const std::string now = create_text(session, blueprint.source.schema, blueprint.source.name);
        if (has(now, *step) == has(detail.source_text, *step)) {
            continue; // it did not take effect
        }
        LockOutcome one;
        switch (step->kind) {
        case KeyStep::Kind::add_index:
            one = run_short(session, blueprint, *step, "DROP INDEX " + quote_name(step->name), budget);
            break;
        case KeyStep::Kind::add_key:
            one = run_short(session, blueprint, *step, "DROP FOREIGN KEY " + quote_name(step->name), budget);
            break;
        case KeyStep::Kind::drop_key:
            one = put_back(session, blueprint, detail.kind, *step, budget);
            break;
        }
        if (!one.granted) {
            return one;
        }
    }
    return granted();
}

} // namespace turntable::mysql
