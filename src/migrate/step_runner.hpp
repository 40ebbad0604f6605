#pragma once
// Runs one step to its end, whatever of it was done before. What a transaction can hold is in one transaction
// with its record; what cannot notes its intent before and is looked up in the catalogue afterwards.

#include <functional>
#include <string>

#include "migrate/env.hpp"
#include "migrate/step.hpp"
#include "migrate/step_note.hpp"

namespace turntable::migrate {

class StepRunner {
  public:
    enum class Scope {
        own_transactions, // begins and commits where it can
        callers           // everything is in the caller's transaction; only steps that runs_in_transaction()
    };
    // row: of the migration in hand; its step_note is read and written.
    StepRunner(const Env& env, Session& session, const Store& store, const Lease& lease, HistoryRow& row,
               Scope scope)
        : env_(env), session_(session), store_(store), lease_(lease), row_(row), scope_(scope) {}

    // record changes the row to "this step is done"; it is saved with the step.
    void run(const Step& step, const std::function<void()>& record);

    // Fences and saves the row.
    void save();

  private:
    void run_body(const SqlStep& step);
    void run_body(const ChangeStep& step);
    void run_body(const BackfillStep& step);
    void run_body(const RowsStep& step);
    void run_body(const AsideStep& step);
    void run_body(const RestoreStep& step);

    void in_transaction(const std::string& what, const std::function<void()>& work);
    // Work and record in one transaction.
    void finish_with(const std::function<void()>& work);
    void run_one(const Statement& statement, std::optional<Millis> timeout);
    void run_alone(const Statement& statement, std::optional<Millis> timeout, std::size_t number);
    void set_lock_timeout(Millis lock_timeout);
    [[nodiscard]] bool happened(const Statement& statement) const;
    [[nodiscard]] std::map<std::string, std::string> object_hashes() const;
    void end_windows_of_parents(const ChangeRequest& request) const;
    void take_job(const ChangeRequest& request);
    void forget_dead_job();
    [[nodiscard]] std::string aside_name(const TableName& table) const;
    void judge(const run::Outcome& outcome) const;
    [[nodiscard]] StepNote note() const { return StepNote::from(row_.step_note); }
    void save_note(const StepNote& note);

    const Env& env_;
    Session& session_;
    const Store& store_;
    const Lease& lease_;
    HistoryRow& row_;
    Scope scope_;
    const Step* step_ = nullptr;
    std::function<void()> record_;
};

// Ends the revert windows that earlier migrations of this table left open: nothing else may begin on it
// before. Those of an `alter` stay, and hold the migration up.
void end_windows(const Env& env, const TableName& table);

} // namespace turntable::migrate
