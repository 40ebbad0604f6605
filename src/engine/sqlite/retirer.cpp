// finalize: the end of the revert window.
#include "catalog.hpp"
#include "detail.hpp"
#include "locked.hpp"
#include "objects.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

class SqliteRetirer final : public Retirer {
  public:
    [[nodiscard]] LockOutcome remove_capture(Session& session, const Blueprint& blueprint, Direction swapped,
                                             const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        return with_write_lock(session, budget, [&] {
            for (const NamedSql& trigger : detail.reverse_capture) {
                drop_if_ours(session, {"trigger", trigger.name, trigger.sql});
            }
            if (swapped == Direction::forward && !detail.keep.empty()) {
                end_keep(session, detail);
            }
            drop_if_ours(session, {"table", blueprint.log_name, detail.log_sql});
            drop_if_ours(session, {"table", blueprint.reverse_log_name, detail.reverse_log_sql});
        });
    }

    [[nodiscard]] bool retire_slice(Session& session, const Blueprint& blueprint, Direction swapped,
                                    Rows rows) const override {
        const Detail detail = detail_of(blueprint);
        return swapped == Direction::forward
                   ? drop_slice(session, {"table", blueprint.old_name, detail.source.parked_sql}, rows)
                   : drop_slice(session, {"table", blueprint.shadow_name, detail.retired_sql}, rows);
    }

    // DROP COLUMN writes every row anew under the lock here; a change through a shadow does not.
    [[nodiscard]] std::optional<ChangeRequest> left_to_drop(Session& session,
                                                            const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        const auto table = read_table(query_of(session), blueprint.source.name);
        ChangeRequest request;
        request.table = blueprint.source;
        for (const std::string& column : detail.kept_columns) {
            if (table && table->find(column) != nullptr) {
                request.operations.emplace_back(turntable::DropColumn{column});
            }
        }
        return request.operations.empty() ? std::nullopt : std::optional{request};
    }

  private:
    // From here on the new column alone is written. Its NOT NULL holds already, so that only the catalogue
    // has to learn of it.
    static void end_keep(Session& session, const Detail& detail) {
        for (const NamedSql& trigger : detail.keep) {
            drop_if_ours(session, {"trigger", trigger.name, trigger.sql});
        }
        session.run("PRAGMA writable_schema = ON");
        session.run("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ? AND sql = ?",
                    {detail.contracted_sql, detail.shadow.name, detail.shadow.sql});
        session.run("PRAGMA writable_schema = RESET");
    }
};

} // namespace

std::unique_ptr<Retirer> make_retirer() {
    return std::make_unique<SqliteRetirer>();
}

} // namespace turntable::sqlite
