// Runs the statements of the instant and online strategies one by one.
#include <memory>

#include <fmt/core.h>

#include "detail.hpp"
#include "locks.hpp"
#include "native_undo.hpp"
#include "parts.hpp"
#include "plan/quoting.hpp"
#include "plan/read_table.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

const Statement& statement_of(const Blueprint& blueprint, std::size_t n) {
    std::size_t seen = 0;
    for (const PlannedStatement& planned : blueprint.script) {
        if (planned.phase == Phase::native && seen++ == n) {
            return planned.statement;
        }
    }
    check(false, "no such native statement");
    return blueprint.script.front().statement;
}

bool truth(Session& session, const std::string& sql) {
    return session.run(sql).only() == "t";
}

bool rows_break_it(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::bad_value ||
           error.kind() == DatabaseErrorKind::unique_violation;
}

class PostgresNativeRunner final : public NativeRunner {
  public:
    // A later step that took effect proves the earlier ones: they ran in order.
    [[nodiscard]] bool done(Session& session, const Blueprint& blueprint, std::size_t n) const override {
        const Detail detail = detail_of(blueprint);
        const Transaction reading{session, TxMode::snapshot};
        const CatalogImage image = image_of(read_table(session, detail.source_oid));
        for (std::size_t later = n; later < detail.native.size(); ++later) {
            const NativeStep& step = detail.native[later];
            const bool took_effect =
                step.expected.empty() ? truth(session, step.done_sql) : as_expected(step.expected, image);
            if (took_effect) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] LockOutcome run(Session& session, const Blueprint& blueprint, std::size_t n,
                                  const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        const NativeStep& step = detail.native.at(n);
        const Statement& statement = statement_of(blueprint, n);
        try {
            if (!step.in_transaction) {
                return run_alone(session, step, statement);
            }
            if (statement.blocks == Blocks::nobody) {
                return run_beside(session, detail, statement);
            }
            return run_locked(session, detail, statement, budget);
        } catch (const DatabaseError& error) {
            if (!rows_break_it(error)) {
                throw;
            }
            undo(session, detail, step, budget);
            throw Error{
                ErrorKind::negative, "rows_do_not_fit",
                fmt::format("rows of {} do not fit the change: {}", detail.names.source, error.what())}
                .next("mend the rows and run it again");
        }
    }

  private:
    static LockOutcome run_locked(Session& session, const Detail& detail, const Statement& statement,
                                  const LockBudget& budget) {
        return locked_transaction(
            session, detail.names.source, TableLock::access_exclusive, budget.lock_timeout, [&] {
                session.run("SELECT pg_catalog.set_config('search_path', $1, true)", {detail.user_path});
                session.run(statement);
            });
    }

    // Its lock conflicts with no reader and no writer, so waiting for it holds nobody up.
    static LockOutcome run_beside(Session& session, const Detail& detail, const Statement& statement) {
        Transaction transaction{session, TxMode::write};
        session.run("SET LOCAL lock_timeout = 0");
        session.run("SELECT pg_catalog.set_config('search_path', $1, true)", {detail.user_path});
        session.run(statement);
        transaction.commit();
        return {.granted = true, .blockers = {}, .held = Millis{0}};
    }

    // CREATE INDEX CONCURRENTLY waits for transactions older than itself: without a limit, and without a lock
    // that anybody would queue behind.
    static LockOutcome run_alone(Session& session, const NativeStep& step, const Statement& statement) {
        without_lock_timeout(session, [&] {
            if (!step.leftover_sql.empty() && truth(session, step.leftover_sql)) {
                session.run(step.cleanup_sql);
            }
            session.run(statement);
        });
        return {.granted = true, .blockers = {}, .held = Millis{0}};
    }

    // The table is left as the clause found it. Safe to run twice.
    static void undo(Session& session, const Detail& detail, const NativeStep& step,
                     const LockBudget& budget) {
        for (const std::string& sql : step.undo_sql) {
            if (sql.starts_with("DROP INDEX CONCURRENTLY")) {
                session.run(sql);
                continue;
            }
            const LockOutcome outcome =
                locked_transaction(session, detail.names.source, TableLock::access_exclusive,
                                   budget.lock_timeout, [&] { session.run(sql); });
            if (!outcome.granted) {
                throw Error{
                    ErrorKind::busy, "undo_not_granted",
                    fmt::format(
                        "rows of {} do not fit the change, and the lock to take it back was not granted",
                        detail.names.source)}
                    .left(fmt::format("a constraint that is not validated; take it back with: {}", sql));
            }
        }
    }
};

} // namespace

std::unique_ptr<NativeRunner> make_native_runner() {
    return std::make_unique<PostgresNativeRunner>();
}

} // namespace turntable::postgresql
