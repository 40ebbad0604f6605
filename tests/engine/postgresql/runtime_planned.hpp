#pragma once
// A change that the planner made, taken through the runtime parts phase by phase beside the application's
// writes.

#include <memory>
#include <string>
#include <vector>

#include "runtime_database.hpp"
#include "turntable/error.hpp"

namespace turntable::test {

class PlannedRun : public testing::TestWithParam<Server> {
  protected:
    PlannedRun()
        : database_(GetParam()),
          control_(database_.engine().open(SessionUse::control)),
          application_(database_.application()) {}

    void plan(const std::string& table, const std::vector<std::string>& clauses,
              const std::vector<Conversion>& conversions = {}) {
        ChangeRequest request;
        request.table = {"public", table};
        request.alter_clauses = clauses;
        request.conversions = conversions;
        PlanOptions options;
        options.settings.strategy = StrategyChoice::shadow;
        blueprint_ = database_.engine().planner().plan(*control_, request, options);
        blueprint_.job = "job7";
        ASSERT_EQ(blueprint_.strategy, Strategy::shadow) << blueprint_.strategy_reason;
    }
    // Everything up to the swap; `meanwhile` writes while the copy is half done, and again before the swap.
    void run_to_swap(const std::string& meanwhile, const std::string& again) {
        run_until_ready(meanwhile);
        application_->run(again);
        ASSERT_EQ(swap(Direction::forward).kind, SwapOutcome::Kind::done);
        database_.engine().swapper().after_swap(*control_, blueprint_, Direction::forward);
        ASSERT_EQ(database_.engine().swapper().where_is(*control_, blueprint_), Placement::swapped);
    }
    void run_until_ready(const std::string& meanwhile) {
        Engine& engine = database_.engine();
        engine.preparer().create_objects(*control_, blueprint_);
        ASSERT_TRUE(engine.preparer().install_capture(*control_, blueprint_, budget_).granted);
        origin_ = engine.copier().origin(*control_, blueprint_);
        std::string lower;
        for (int n = 0;; ++n) {
            const auto chunk = engine.copier().next_chunk(*control_, blueprint_, origin_, lower, 100);
            if (!chunk) {
                break;
            }
            Transaction transaction{*control_, TxMode::write};
            auto copied = engine.copier().copy_chunk(*control_, blueprint_, origin_, *chunk);
            ASSERT_TRUE(std::holds_alternative<CopiedChunk>(copied)) << std::get<DriftReport>(copied).reason;
            transaction.commit();
            lower = chunk->upper;
            if (n == 0) {
                application_->run(meanwhile);
            }
        }
        for (std::size_t n = 0; n < engine.indexer().steps(blueprint_).size(); ++n) {
            engine.indexer().build(*control_, blueprint_, n);
            engine.indexer().build(*control_, blueprint_, n);
        }
        replay(Direction::forward);
        verify();
    }
    void replay(Direction direction) {
        for (;;) {
            Transaction transaction{*control_, TxMode::write};
            const Replayed replayed =
                database_.engine().replayer().replay_batch(*control_, blueprint_, direction, 1000);
            transaction.commit();
            ASSERT_TRUE(replayed.clashes.empty())
                << replayed.clashes[0].key << " " << replayed.clashes[0].reason;
            if (replayed.entries == 0) {
                return;
            }
        }
    }
    void verify() {
        std::string lower;
        Rows rows = 0;
        do {
            const auto chunk = database_.engine().verifier().next_chunk(*control_, blueprint_, lower, 90);
            Transaction transaction{*control_, TxMode::snapshot};
            const VerifiedChunk one =
                database_.engine().verifier().verify_chunk(*control_, blueprint_, *chunk, 5);
            transaction.commit();
            EXPECT_EQ(one.difference_count, 0) << (one.differences.empty() ? "" : one.differences[0].key);
            EXPECT_EQ(one.source_rows, one.shadow_rows);
            rows += one.source_rows;
            lower = chunk->upper;
        } while (!lower.empty());
        EXPECT_GT(rows, 0);
    }
    SwapOutcome swap(Direction direction) {
        const std::vector<std::string> none;
        return database_.engine().swapper().swap(database_.engine(), *control_,
                                                 {.blueprint = blueprint_,
                                                  .origin = origin_,
                                                  .direction = direction,
                                                  .budget = {Millis{300}, Millis{5000}},
                                                  .allow_old_snapshots = false,
                                                  .keep_old = true,
                                                  .recheck = none,
                                                  .fence = [](Session&) {},
                                                  .record = [](Session&) {}});
    }
    void revert() {
        EXPECT_TRUE(database_.engine().swapper().probe_revert(*control_, blueprint_, 5).empty());
        replay(Direction::back);
        ASSERT_EQ(swap(Direction::back).kind, SwapOutcome::Kind::done);
        database_.engine().swapper().after_swap(*control_, blueprint_, Direction::back);
        ASSERT_EQ(database_.engine().swapper().where_is(*control_, blueprint_), Placement::reverted);
    }
    Cell ask(const std::string& sql) { return control_->run(sql).only(); }
    // The whole table as text, with a mapping to undo what the change did.
    Cell contents(const std::string& select) {
        return ask("SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text COLLATE \"C\")) FROM (" + select +
                   ") r");
    }

    ScratchDatabase database_;
    std::unique_ptr<Session> control_, application_;
    Blueprint blueprint_;
    std::string origin_;
    const LockBudget budget_{Millis{300}, Millis{300}};
};

} // namespace turntable::test
