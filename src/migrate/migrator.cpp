#include "migrate/migrator.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "migrate/checksum.hpp"
#include "migrate/schema_record.hpp"

namespace turntable::migrate {
namespace {

bool is_true(const Cell& cell) {
    return cell && (*cell == "t" || *cell == "true" ||
                    (*cell != "0" && *cell != "f" && *cell != "false" && !cell->empty()));
}

void refuse_edited_steps(const HistoryRow& row, const MigrationFile& file, const std::vector<Step>& steps) {
    const std::vector<UndoStep> done = undo_from_json(row.inverse);
    bool same = done.size() <= steps.size();
    for (std::size_t i = 0; same && i < done.size(); ++i) {
        same = done[i].source == steps[i].source;
    }
    const bool in_hand = !row.step_note.empty() && !is_applied_text(file.text, row.checksum, row.text);
    if (!same || in_hand) {
        throw Error{ErrorKind::needs_repair, "edited_unfinished",
                    fmt::format("{} is half applied, and what is applied of it was edited since", file.path)}
            .left(fmt::format("{} of {} steps of {}", row.steps_done, row.steps, row.version))
            .next("undo what is applied with `turntable down`, or put the file back as it was");
    }
}

// Steps, statements or batches that are committed, or a job that is under way.
bool something_stays(const HistoryRow& row) {
    const StepNote note = StepNote::from(row.step_note);
    return row.steps_done > 0 || note.statement > 0 || note.after || !note.job.empty();
}

std::string what_stays(const HistoryRow& row, const MigrationFile& file) {
    return fmt::format("{} of {} steps of {} are applied", row.steps_done, row.steps, file.name());
}

Error told_failure(const DatabaseError& error, const HistoryRow& row, const MigrationFile& file,
                   const std::vector<Step>& steps, bool at_once, bool stays) {
    if (at_once && error.kind() == DatabaseErrorKind::outcome_unknown) {
        return Error{ErrorKind::stopped, "outcome_unknown",
                     fmt::format("{}: the connection was lost at the commit: {}", file.path, error.what())}
            .left("all of the migration, or nothing of it")
            .next("turntable status tells which; turntable up goes on in both cases");
    }
    const auto at = static_cast<std::size_t>(row.steps_done);
    Error told{
        stays ? ErrorKind::stopped : ErrorKind::failed, "step_failed",
        fmt::format("{}, {}: {}", file.path, at < steps.size() ? steps[at].title : "its end", error.what())};
    if (stays) {
        told.left(what_stays(row, file))
            .next("mend what is wrong and run `turntable up` again: it goes on there; or undo what is "
                  "applied with "
                  "`turntable down`");
    } else if (!error.statement().empty()) {
        told.next("the statement was: " + error.statement());
    }
    return told;
}

} // namespace

HistoryRow Migrator::begin(const MigrationFile& file, std::size_t steps) {
    HistoryRow row;
    row.version = file.version;
    row.slug = file.slug;
    row.file = std::filesystem::path{file.path}.filename().string();
    row.state = RowState::applying;
    row.checksum = checksum(file.text);
    row.text = file.text;
    row.inverse = "[]";
    row.steps = static_cast<std::int64_t>(steps);
    row.started_ms = env_.now_ms();
    row.who = env_.who;
    row.host = env_.host;
    return row;
}

void Migrator::check_asserts(const MigrationFile& file, Assertion::When when) {
    for (const Assertion& assertion : file.asserts) {
        const auto query = assertion.query.for_engine(std::string{env_.engine().traits().name});
        if (assertion.when != when || !query) {
            continue;
        }
        const ResultSet found = run_limited(env_, session_, {*query, {}, "an assertion", Blocks::nobody}, {});
        const bool one = found.rows.size() == 1 && found.rows.front().size() == 1;
        if (!one || !is_true(found.rows.front().front())) {
            throw Error{ErrorKind::negative, "assertion_failed",
                        fmt::format("{}, line {}: the assertion {} it does not hold: {}", file.path,
                                    assertion.line, when == Assertion::When::before ? "before" : "after",
                                    *query)};
        }
    }
}

void Migrator::check_integrity() {
    const std::string query = env_.schema().integrity_query();
    if (query.empty()) {
        return;
    }
    const ResultSet broken = session_.run(query);
    if (!broken.rows.empty()) {
        throw Error{ErrorKind::negative, "broken_references",
                    "the migration leaves a broken reference: " + broken.rows.front().front().value_or("")};
    }
}

// Only before its first step: later nobody could tell its own work from a change by hand.
void Migrator::look_at_schema() {
    std::vector<std::string> names;
    with_retries(env_, "the record of the schema", [&] {
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        names = SchemaRecord{store_, env_.engine()}.begin(session_);
        transaction.commit();
    });
    for (const std::string& name : names) {
        env_.context.observer.note(name + " is not as the migrations made it; `turntable drift` says how");
    }
}

void Migrator::finish(HistoryRow& row, RowState state, const std::string& action) {
    row.state = state;
    row.step_note.clear();
    row.error.clear();
    row.finished_ms = env_.now_ms();
    store_.put(session_, row);
    SchemaRecord{store_, env_.engine()}.end(session_);
    store_.append(session_, {0, row.version, action, "done", env_.who, env_.host, row.slug, row.finished_ms,
                             row.finished_ms - row.started_ms, row.rows});
}

// What went wrong is an event; the row stays only where something of the migration stays.
void Migrator::fail(HistoryRow row, const std::string& action, const std::string& why, bool keep_row) {
    try {
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        const std::int64_t now = env_.now_ms();
        if (keep_row) {
            // The step in hand has saved what it knows.
            if (auto saved = store_.row(session_, row.version)) {
                saved->error = why;
                store_.put(session_, *saved);
            }
        } else if (const auto saved = store_.row(session_, row.version);
                   saved && saved->state == RowState::applying) {
            store_.erase(session_, row.version);
        }
        store_.append(session_, {0, row.version, action, "failed", env_.who, env_.host, why, now,
                                 now - row.started_ms, 0});
        transaction.commit();
    } catch (const std::exception& error) {
        env_.context.observer.note(std::string{"the failure could not be written into the history: "} +
                                   error.what());
    }
}

void Migrator::run_up(const std::vector<Step>& steps, HistoryRow& row, StepRunner::Scope scope) {
    StepRunner runner{env_, session_, store_, lease_, row, scope};
    for (auto i = static_cast<std::size_t>(row.steps_done); i < steps.size(); ++i) {
        const Step& step = steps[i];
        if (env_.stop_asked()) {
            throw Error{ErrorKind::stopped, "interrupted", "stopped as asked for, before: " + step.title};
        }
        StepNote note = StepNote::from(row.step_note);
        if (!note.undo) {
            note.undo = find_undo(step, session_, env_.engine());
            row.step_note = note.text();
            if (!runs_in_transaction(step) || !env_.schema().transactional()) {
                runner.save();
            }
        }
        runner.run(step, [&row] {
            std::vector<UndoStep> undo = undo_from_json(row.inverse);
            undo.push_back(StepNote::from(row.step_note).undo.value());
            row.inverse = to_json(undo);
            row.steps_done += 1;
            row.step_note.clear();
        });
    }
}

// Schema, rows and history in one transaction: a failure leaves nothing.
void Migrator::up_at_once(const MigrationFile& file, const std::vector<Step>& steps, HistoryRow& row) {
    for (const Step& step : steps) {
        const auto* const aside = std::get_if<AsideStep>(&step.body);
        const auto* const rename = step.ops.empty() ? nullptr : std::get_if<RenameTable>(&step.ops[0].body);
        if (aside != nullptr || rename != nullptr) {
            end_windows(env_, aside != nullptr ? aside->drop.table : rename->table);
        }
    }
    const HistoryRow fresh = row;
    with_retries(env_, file.name(), [&] {
        row = fresh;
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        store_.put(session_, row);
        check_asserts(file, Assertion::When::before);
        run_up(steps, row, StepRunner::Scope::callers);
        check_asserts(file, Assertion::When::after);
        check_integrity();
        finish(row, RowState::applied, "up");
        transaction.commit();
    });
}

void Migrator::up_by_steps(const MigrationFile& file, const std::vector<Step>& steps, HistoryRow& row) {
    StepRunner runner{env_, session_, store_, lease_, row, StepRunner::Scope::own_transactions};
    if (row.steps_done == 0 && row.step_note.empty()) {
        check_asserts(file, Assertion::When::before);
    }
    row.checksum = checksum(file.text);
    row.text = file.text;
    row.steps = static_cast<std::int64_t>(steps.size());
    runner.save();
    run_up(steps, row, StepRunner::Scope::own_transactions);
    check_asserts(file, Assertion::When::after);
    with_retries(env_, file.name(), [&] {
        Transaction transaction{session_, TxMode::write};
        lease_.fence(session_);
        check_integrity();
        finish(row, RowState::applied, "up");
        transaction.commit();
    });
}

// A new attempt, or the one that an earlier run left unfinished.
Migrator::Attempt Migrator::attempt_of(const MigrationFile& file) {
    Attempt attempt{file, compile(file, env_.engine()), {}, false};
    refuse_pooled(session_, attempt.steps, file.path);
    const auto found = store_.row(session_, file.version);
    if (found && found->state == RowState::applying) {
        attempt.row = *found;
        refuse_edited_steps(attempt.row, file, attempt.steps);
        env_.context.observer.note(fmt::format("{} goes on at step {} of {}", file.name(),
                                               attempt.row.steps_done + 1, attempt.steps.size()));
        return attempt;
    }
    attempt.row = begin(file, attempt.steps.size());
    look_at_schema();
    attempt.at_once =
        env_.schema().transactional() &&
        std::ranges::all_of(attempt.steps, [](const Step& step) { return runs_in_transaction(step); });
    return attempt;
}

// What a person is told, after the history was.
Error Migrator::failure_of(const Attempt& attempt, Error error) {
    const bool goes_on = error.kind() == ErrorKind::stopped || error.kind() == ErrorKind::needs_repair;
    const bool stays = !attempt.at_once && (something_stays(attempt.row) || goes_on);
    fail(attempt.row, "up", error.what(), stays);
    if (stays && error.left_behind().empty()) {
        error.left(what_stays(attempt.row, attempt.file));
    }
    return error;
}

Error Migrator::failure_of(const Attempt& attempt, const DatabaseError& error) {
    const bool unknown = error.kind() == DatabaseErrorKind::lost_connection ||
                         error.kind() == DatabaseErrorKind::outcome_unknown;
    const bool stays = !attempt.at_once && (something_stays(attempt.row) || unknown);
    fail(attempt.row, "up", error.what(), stays);
    return told_failure(error, attempt.row, attempt.file, attempt.steps, attempt.at_once, stays);
}

Done Migrator::up(const MigrationFile& file) {
    Attempt attempt = attempt_of(file);
    try {
        attempt.at_once ? up_at_once(file, attempt.steps, attempt.row)
                        : up_by_steps(file, attempt.steps, attempt.row);
    } catch (const Error& error) {
        throw failure_of(attempt, error);
    } catch (const DatabaseError& error) {
        throw failure_of(attempt, error);
    }
    const HistoryRow& row = attempt.row;
    OpenWindows windows{env_.engine()};
    return {file.version,
            file.slug,
            "up",
            undo_words(undo_from_json(row.inverse), windows),
            row.finished_ms - row.started_ms,
            row.rows};
}

} // namespace turntable::migrate
