// Ends the revert window: triggers and logs first, then the table that nobody uses any more.
#include <fmt/core.h>

#include "job_state.hpp"
#include "locks.hpp"
#include "parts.hpp"
#include "source_guard.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

class PostgresqlRetirer final : public Retirer {
  public:
    [[nodiscard]] LockOutcome remove_capture(Session& session, const Blueprint& blueprint, Direction swapped,
                                             const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        LockOutcome outcome{.granted = true, .blockers = {}, .held = Millis{0}};
        if (swapped == Direction::forward && reverse_captured(session, detail)) {
            outcome = locked_transaction(session, detail.names.source, TableLock::access_exclusive,
                                         budget.lock_timeout, [&] {
                                             for (const Statement& statement : detail.reverse_uncapture) {
                                                 session.run(statement);
                                             }
                                             for (const Statement& statement : detail.contract) {
                                                 session.run(statement);
                                             }
                                         });
        }
        if (outcome.granted) {
            Transaction transaction{session, TxMode::write};
            for (const Statement& statement : detail.drop_logs) {
                session.run(statement);
            }
            transaction.commit();
        }
        return outcome;
    }

    // A DROP is quick on this server whatever the size: the files go after the commit, and nobody waits for
    // them. So there is one slice. The table is recognised by its oid, never by its name alone.
    [[nodiscard]] bool retire_slice(Session& session, const Blueprint& blueprint, Direction swapped,
                                    Rows rows) const override {
        static_cast<void>(rows);
        const Detail detail = detail_of(blueprint);
        const std::string& table = swapped == Direction::forward ? detail.names.old : detail.names.shadow;
        Transaction transaction{session, TxMode::write};
        if (job_objects_exist(session, blueprint, detail)) {
            const std::string expected =
                swapped == Direction::forward
                    ? std::to_string(detail.source_oid)
                    : session.run("SELECT shadow FROM " + job_objects(blueprint, detail).state)
                          .only()
                          .value_or("");
            const Cell found = session.run("SELECT pg_catalog.to_regclass($1)::oid", {table}).only();
            if (found && *found != expected) {
                throw Error{ErrorKind::needs_repair, "foreign_table",
                            table + " is not the table that this job retired; it is left alone"};
            }
            session.run("SET LOCAL lock_timeout = '1s'");
            session.run(
                Statement{"DROP TABLE IF EXISTS " + table, {}, "drop the retired table", Blocks::nobody});
            for (const Statement& statement : drop_job_objects(blueprint, detail)) {
                session.run(statement);
            }
        }
        transaction.commit();
        return true;
    }

  private:
    static bool reverse_captured(Session& session, const Detail& detail) {
        return session
            .run("SELECT " + capture_signature(detail, fmt::format("pg_catalog.to_regclass({})::oid",
                                                                   literal(detail.names.source))))
            .only()
            .has_value();
    }
};

} // namespace

std::unique_ptr<Retirer> make_retirer() {
    return std::make_unique<PostgresqlRetirer>();
}

} // namespace turntable::postgresql
