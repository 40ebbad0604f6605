// The way back of one migration, by what the history says of it.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/migrator.hpp"

namespace turntable::migrate {

void refuse_pooled(const Session& session, const std::vector<Step>& steps, const std::string& path) {
    if (!session.pooled()) {
        return;
    }
    for (const Step& step : steps) {
        const auto* const sql = std::get_if<SqlStep>(&step.body);
        const bool alone = sql != nullptr && !sql->transaction;
        if (alone || std::holds_alternative<ChangeStep>(step.body)) {
            throw Error{
                ErrorKind::connection, "transaction_pooler",
                fmt::format("{}, line {}: {} needs sessions of its own, and the connection goes through a "
                            "pooler in transaction mode",
                            path, step.line, step.title)}
                .next("connect to PostgreSQL itself, or to a pool in session mode");
        }
    }
}

bool Migrator::window_open(const UndoStep& undo) const {
    return OpenWindows{env_.engine()}.until(undo).has_value();
}

std::vector<Step> Migrator::steps_of(const HistoryRow& row, const UndoStep& undo) const {
    if (undo.ops.empty()) {
        return {};
    }
    const std::string where = "the way back of " + row.version;
    const MigrationFile parsed = parse_migration(undo.ops, {row.version, row.slug, FileKind::toml}, where);
    return compile_ops(parsed.ops, env_.engine(), where);
}

// Everything is looked at before the first step is taken back.
void Migrator::refuse_unsafe(const HistoryRow& row, const std::vector<UndoStep>& undo, Lossy lossy) {
    for (const UndoStep& step : undo) {
        refuse_pooled(session_, steps_of(row, step), "the way back of " + row.version);
        if (window_open(step)) {
            continue;
        }
        const std::string what = fmt::format("{}_{}, {}", row.version, row.slug, step.title);
        if (step.undo == UndoClass::none) {
            throw Error{ErrorKind::refused, "irreversible",
                        fmt::format("{} has no way back: {}", what, step.why)}
                .next("write a new migration that repairs what is wrong");
        }
        if (step.undo == UndoClass::lossy && lossy == Lossy::refused) {
            throw Error{ErrorKind::refused, "lossy",
                        fmt::format("the way back of {} loses something: {}", what, step.why)}
                .next("--allow lossy does it");
        }
    }
}

void Migrator::drop_last(HistoryRow& row) {
    std::vector<UndoStep> undo = undo_from_json(row.inverse);
    undo.pop_back();
    row.inverse = to_json(undo);
    row.steps_done -= 1;
    row.step_note.clear();
}

void Migrator::down_step(HistoryRow& row, const UndoStep& undo, StepRunner::Scope scope) {
    StepRunner runner{env_, session_, store_, lease_, row, scope};
    if (scope == StepRunner::Scope::own_transactions && window_open(undo)) {
        const run::Outcome outcome = run::revert(env_.context, undo.job);
        if (outcome.state != run::JobState::reverted) {
            throw Error{outcome.exit_code == 3 ? ErrorKind::negative : ErrorKind::stopped, "not_reverted",
                        fmt::format("{} could not be swapped back: {}", outcome.table, outcome.reason)};
        }
        drop_last(row);
        runner.save();
        return;
    }
    const bool swapped_back =
        !undo.job.empty() && std::ranges::any_of(run::jobs(env_.engine()), [&](const auto& line) {
            return line.job == undo.job && line.state == run::JobState::reverted;
        });
    const std::vector<Step> steps = swapped_back ? std::vector<Step>{} : steps_of(row, undo);
    if (steps.empty()) {
        drop_last(row);
        runner.save();
        return;
    }
    for (std::size_t i = StepNote::from(row.step_note).part; i < steps.size(); ++i) {
        const bool last = i + 1 == steps.size();
        runner.run(steps[i], [this, &row, i, last] {
            if (last) {
                drop_last(row);
                return;
            }
            StepNote next;
            next.part = i + 1;
            row.step_note = next.text();
        });
    }
}

void Migrator::refuse_step_in_hand(const HistoryRow& row) {
    const StepNote note = StepNote::from(row.step_note);
    const bool begun = note.statement > 0 || note.before || !note.job.empty() || note.after;
    if (row.state == RowState::applying && begun) {
        throw Error{ErrorKind::needs_repair, "step_in_hand",
                    fmt::format("a step of {}_{} is half done", row.version, row.slug)}
            .next("mend what is wrong and run `turntable up`, which goes on with it; or `turntable repair`");
    }
}

void Migrator::refuse_down(const HistoryRow& row, Lossy lossy) {
    refuse_step_in_hand(row);
    refuse_unsafe(row, undo_from_json(row.inverse), lossy);
}

bool Migrator::undone_at_once(const HistoryRow& row, const std::vector<UndoStep>& all) const {
    return row.state == RowState::applied && env_.schema().transactional() &&
           std::ranges::all_of(all, [&](const UndoStep& undo) {
               return undo.job.empty() && std::ranges::all_of(steps_of(row, undo), runs_in_transaction);
           });
}

void Migrator::down_at_once(const std::vector<UndoStep>& all, HistoryRow& row) {
    const HistoryRow fresh = row;
    with_retries(env_, row.version, [&] {
        row = fresh;
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        for (std::size_t i = all.size(); i-- > 0;) {
            down_step(row, all[i], StepRunner::Scope::callers);
        }
        check_integrity();
        finish(row, RowState::reverted, "down");
        transaction.commit();
    });
}

void Migrator::down_by_steps(const std::vector<UndoStep>& all, HistoryRow& row) {
    row.state = RowState::reverting;
    StepRunner{env_, session_, store_, lease_, row, StepRunner::Scope::own_transactions}.save();
    for (std::size_t i = all.size(); i-- > 0;) {
        if (env_.stop_asked()) {
            throw Error{ErrorKind::stopped, "interrupted",
                        "stopped as asked for, before the way back of " + all[i].title};
        }
        down_step(row, all[i], StepRunner::Scope::own_transactions);
    }
    with_retries(env_, row.version, [&] {
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        finish(row, RowState::reverted, "down");
        transaction.commit();
    });
}

Done Migrator::down(HistoryRow row, Lossy lossy) {
    refuse_down(row, lossy);
    const std::vector<UndoStep> all = undo_from_json(row.inverse);
    const bool at_once = undone_at_once(row, all);
    if (row.state == RowState::applied) {
        look_at_schema();
    }
    if (row.state == RowState::applying) {
        row.step_note.clear(); // it had not begun
    }
    row.started_ms = env_.now_ms();
    row.rows = 0;
    try {
        at_once ? down_at_once(all, row) : down_by_steps(all, row);
    } catch (Error& error) {
        fail(row, "down", error.what(), !at_once);
        throw;
    } catch (const DatabaseError& error) {
        fail(row, "down", error.what(), !at_once);
        throw Error{at_once ? ErrorKind::failed : ErrorKind::stopped, "step_failed",
                    fmt::format("the way back of {}_{}: {}", row.version, row.slug, error.what())}
            .left(at_once ? "" : fmt::format("{} of {} steps are still applied", row.steps_done, all.size()))
            .next("mend what is wrong and run `turntable down` again");
    }
    return {row.version, row.slug, "down", {}, row.finished_ms - row.started_ms, row.rows};
}

} // namespace turntable::migrate
