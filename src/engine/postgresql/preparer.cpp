// Creates what the copy needs, installs the capture, and undoes both.
#include <array>

#include <fmt/core.h>

#include "job_state.hpp"
#include "locks.hpp"
#include "native_undo.hpp"
#include "parts.hpp"
#include "source_guard.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

void run_all(Session& session, const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
        session.run(statement);
    }
}

// A name that is taken by something this job did not make is refused, whatever it is.
void refuse_taken_names(Session& session, const Detail& detail) {
    for (const std::string& name :
         {detail.names.shadow, detail.names.old, detail.names.log, detail.names.reverse_log}) {
        if (session.run("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {name}).only() == "t") {
            throw Error{ErrorKind::refused, "name_taken",
                        "the name " + name + " is taken by a foreign object"}
                .next("drop or rename it, or plan again");
        }
    }
}

bool captured(Session& session, const Detail& detail) {
    const ResultSet found =
        session.run("SELECT " + capture_signature(detail, std::to_string(detail.source_oid)));
    return found.only().has_value();
}

class PostgresqlPreparer final : public Preparer {
  public:
    // One transaction, so all of the objects are there or none is.
    void create_objects(Session& session, const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        Transaction transaction{session, TxMode::write};
        use_job_settings(session, detail);
        if (!job_objects_exist(session, blueprint, detail)) {
            refuse_taken_names(session, detail);
            run_all(session, detail.create);
            run_all(session, create_job_objects(blueprint, detail));
        }
        transaction.commit();
    }

    [[nodiscard]] LockOutcome install_capture(Session& session, const Blueprint& blueprint,
                                              const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        if (captured(session, detail)) {
            return {.granted = true, .blockers = {}, .held = Millis{0}};
        }
        return locked_transaction(session, detail.names.source, TableLock::share_row_exclusive,
                                  budget.lock_timeout, [&] {
                                      use_job_settings(session, detail);
                                      run_all(session, detail.capture);
                                  });
    }

    [[nodiscard]] LockOutcome undo(Session& session, const Blueprint& blueprint,
                                   const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        if (blueprint.strategy != Strategy::shadow) {
            return undo_native(session, detail, budget);
        }
        if (!job_objects_exist(session, blueprint, detail)) {
            return {.granted = true, .blockers = {}, .held = Millis{0}};
        }
        LockOutcome outcome{.granted = true, .blockers = {}, .held = Millis{0}};
        if (captured(session, detail)) {
            outcome = locked_transaction(session, source_now(session, detail), TableLock::access_exclusive,
                                         budget.lock_timeout, [&] { run_all(session, detail.uncapture); });
        }
        if (outcome.granted) {
            Transaction transaction{session, TxMode::write};
            run_all(session, drop_job_objects(blueprint, detail));
            run_all(session, detail.drop_created);
            transaction.commit();
        }
        return outcome;
    }

  private:
    // The source may have been renamed by somebody else: its triggers are still ours to remove.
    static std::string source_now(Session& session, const Detail& detail) {
        return session.run(fmt::format("SELECT {}::oid::regclass::text", detail.source_oid))
            .only()
            .value_or("");
    }
};

} // namespace

std::unique_ptr<Preparer> make_preparer() {
    return std::make_unique<PostgresqlPreparer>();
}

} // namespace turntable::postgresql
