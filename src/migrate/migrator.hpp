#pragma once
// One migration up, or one down. The caller holds the lease.

#include <string>

#include "migrate/step_runner.hpp"

namespace turntable::migrate {

// What was done with one migration; the JSON of `up` and `down`.
struct Done {
    std::string version, slug, action; // "up", "down"
    UndoWords undo;                    // after up
    std::int64_t milliseconds = 0;
    Rows rows = 0;
};

class Migrator {
  public:
    Migrator(const Env& env, Session& session, const Store& store, const Lease& lease)
        : env_(env), session_(session), store_(store), lease_(lease) {}

    // Applies a file, or goes on with it where an earlier run stopped.
    // Throws Error{failed}: nothing of it stayed; Error{stopped}: some steps are done, and the next run goes
    // on.
    [[nodiscard]] Done up(const MigrationFile& file);

    // Undoes an applied or half applied migration by the text in the history. allow_lossy: values may be
    // lost.
    enum class Lossy { refused, allowed };
    [[nodiscard]] Done down(HistoryRow row, Lossy lossy);
    // Throws what `down` would throw before it touches anything; for all of several, before the first of
    // them.
    void refuse_down(const HistoryRow& row, Lossy lossy);

  private:
    // One file on its way up, in one transaction (at_once) or step by step.
    struct Attempt {
        const MigrationFile& file;
        std::vector<Step> steps;
        HistoryRow row;
        bool at_once = false;
    };
    [[nodiscard]] Attempt attempt_of(const MigrationFile& file);
    [[nodiscard]] Error failure_of(const Attempt& attempt, Error error);
    [[nodiscard]] Error failure_of(const Attempt& attempt, const DatabaseError& error);
    [[nodiscard]] HistoryRow begin(const MigrationFile& file, std::size_t steps);
    void run_up(const std::vector<Step>& steps, HistoryRow& row, StepRunner::Scope scope);
    void up_at_once(const MigrationFile& file, const std::vector<Step>& steps, HistoryRow& row);
    void up_by_steps(const MigrationFile& file, const std::vector<Step>& steps, HistoryRow& row);
    void check_asserts(const MigrationFile& file, Assertion::When when);
    void check_integrity();
    void look_at_schema();
    void finish(HistoryRow& row, RowState state, const std::string& action);
    void fail(HistoryRow row, const std::string& action, const std::string& why, bool keep_row);
    void down_step(HistoryRow& row, const UndoStep& undo, StepRunner::Scope scope);
    void drop_last(HistoryRow& row);
    static void refuse_step_in_hand(const HistoryRow& row);
    [[nodiscard]] bool undone_at_once(const HistoryRow& row, const std::vector<UndoStep>& all) const;
    void down_at_once(const std::vector<UndoStep>& all, HistoryRow& row);
    void down_by_steps(const std::vector<UndoStep>& all, HistoryRow& row);
    void refuse_unsafe(const HistoryRow& row, const std::vector<UndoStep>& undo, Lossy lossy);
    [[nodiscard]] bool window_open(const UndoStep& undo) const;
    [[nodiscard]] std::vector<Step> steps_of(const HistoryRow& row, const UndoStep& undo) const;

    const Env& env_;
    Session& session_;
    const Store& store_;
    const Lease& lease_;
};

// Behind a pooler in transaction mode nothing but whole transactions works. Throws Error{connection,
// "transaction_pooler"} for an online change, and for a statement that runs outside a transaction.
void refuse_pooled(const Session& session, const std::vector<Step>& steps, const std::string& path);

} // namespace turntable::migrate
