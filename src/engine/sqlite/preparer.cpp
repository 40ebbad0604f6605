// prepare: the shadow, its logs and the capture triggers, and their removal.
#include <thread>

#include "capture_state.hpp"
#include "detail.hpp"
#include "locked.hpp"
#include "names.hpp"
#include "objects.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

constexpr Rows undo_slice_rows = 5000;
constexpr Millis undo_pause{3}; // lets writers in between two slices

class SqlitePreparer final : public Preparer {
  public:
    void create_objects(Session& session, const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        Transaction transaction{session, TxMode::write};
        ensure(session, {"table", blueprint.shadow_name, detail.shadow.parked_sql});
        ensure(session, {"table", blueprint.log_name, detail.log_sql});
        ensure(session, {"table", blueprint.reverse_log_name, detail.reverse_log_sql});
        for (const Parked& index : detail.shadow_indexes) {
            if (detail.indexes_first) {
                ensure(session, {"index", index.parked_name, index.parked_sql});
            }
        }
        transaction.commit();
    }

    [[nodiscard]] LockOutcome install_capture(Session& session, const Blueprint& blueprint,
                                              const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        return with_write_lock(session, budget,
                               [&] { install_triggers(session, detail.capture, detail.capture_end); });
    }

    [[nodiscard]] LockOutcome undo(Session& session, const Blueprint& blueprint,
                                   const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        const LockOutcome outcome = with_write_lock(session, budget, [&] {
            for (const NamedSql& trigger : detail.capture) {
                drop_if_ours(session, {"trigger", trigger.name, trigger.sql});
            }
            drop_if_ours(session, {"table", blueprint.log_name, detail.log_sql});
            drop_if_ours(session, {"table", blueprint.reverse_log_name, detail.reverse_log_sql});
        });
        while (outcome.granted &&
               !drop_slice(session, {"table", blueprint.shadow_name, detail.shadow.parked_sql},
                           undo_slice_rows)) {
            std::this_thread::sleep_for(undo_pause);
        }
        return outcome;
    }
};

} // namespace

std::unique_ptr<Preparer> make_preparer() {
    return std::make_unique<SqlitePreparer>();
}

} // namespace turntable::sqlite
