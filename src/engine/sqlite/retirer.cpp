// finalize: the end of the revert window.
#include "detail.hpp"
#include "locked.hpp"
#include "objects.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

class SqliteRetirer final : public Retirer {
  public:
    [[nodiscard]] LockOutcome remove_capture(Session& session, const Blueprint& blueprint, Direction,
                                             const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        return with_write_lock(session, budget, [&] {
            for (const NamedSql& trigger : detail.reverse_capture) {
                drop_if_ours(session, {"trigger", trigger.name, trigger.sql});
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
};

} // namespace

std::unique_ptr<Retirer> make_retirer() {
    return std::make_unique<SqliteRetirer>();
}

} // namespace turntable::sqlite
