// The swap and the revert under adverse company: who may block them, what they must refuse, what they must
// not lose.
#include <atomic>
#include <chrono>
#include <thread>

#include "runtime_job.hpp"

namespace turntable::test {
namespace {

using Kind = SwapOutcome::Kind;

class PostgresqlCutover : public testing::TestWithParam<Server> {
  protected:
    PostgresqlCutover()
        : database_(GetParam()), job_(database_, 300), application_(database_.application()) {}

    void until_ready() {
        job_.prepare();
        job_.copy();
        job_.index();
        ASSERT_TRUE(job_.replay().empty());
    }
    // As a run does beside writers: an empty log would be a matter of luck.
    void catch_up(Direction direction) {
        std::int64_t backlog = 0;
        do {
            Transaction transaction{job_.copier(), TxMode::write};
            const Replayed replayed =
                job_.engine().replayer().replay_batch(job_.copier(), job_.blueprint(), direction, 10'000);
            transaction.commit();
            EXPECT_TRUE(replayed.clashes.empty()) << replayed.clashes.front().reason;
            backlog = job_.engine().replayer().backlog(job_.control(), job_.blueprint(), direction, 10'000);
        } while (backlog >= 1000);
    }
    Placement where() { return job_.engine().swapper().where_is(job_.control(), job_.blueprint()); }
    SwapOutcome swap_with(const std::vector<std::string>& recheck, bool allow_old_snapshots = false) {
        return job_.engine().swapper().swap(job_.engine(), job_.control(),
                                            {.blueprint = job_.blueprint(),
                                             .origin = job_.origin(),
                                             .direction = Direction::forward,
                                             .budget = {Millis{300}, Millis{5000}},
                                             .allow_old_snapshots = allow_old_snapshots,
                                             .keep_old = true,
                                             .recheck = recheck,
                                             .fence = [](Session&) {},
                                             .record = [](Session&) {}});
    }

    ScratchDatabase database_;
    RuntimeJob job_;
    std::unique_ptr<Session> application_;
};

TEST_P(PostgresqlCutover, ATransactionWithASnapshotOlderThanTheCopyHoldsTheSwapBack) {
    const auto old = database_.application();
    old->run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    until_ready();
    const SwapOutcome refused = job_.swap();
    EXPECT_EQ(refused.kind, Kind::old_snapshots);
    ASSERT_EQ(refused.blockers.size(), 1U);
    EXPECT_EQ(refused.blockers[0].session, old->run("SELECT pg_backend_pid()").only());
    EXPECT_EQ(refused.blockers[0].application, "application");
    EXPECT_EQ(old->run("SELECT count(*) FROM payments").only_integer(), 300);
    old->run("COMMIT");
    EXPECT_EQ(job_.swap().kind, Kind::done);
}

TEST_P(PostgresqlCutover, ASnapshotThatGoesAwayInAMomentDoesNotPutTheSwapOff) {
    const auto old = database_.application();
    old->run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    until_ready();
    // Ends only once the swap has looked and found it.
    const std::jthread ends{[&] {
        const auto looks = database_.application();
        while (looks->run("SELECT count(settled) FROM turntable.log_1_state").only_integer() == 0) {
            std::this_thread::sleep_for(Millis{1});
        }
        old->run("COMMIT");
    }};
    EXPECT_EQ(job_.swap().kind, Kind::done);
}

TEST_P(PostgresqlCutover, AnOldSnapshotMayBeAllowedAndThenSeesNoRows) {
    const auto old = database_.application();
    old->run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    until_ready();
    EXPECT_EQ(swap_with({}, true).kind, Kind::done);
    EXPECT_EQ(old->run("SELECT count(*) FROM payments").only_integer(), 0) << "this is what the guard is for";
}

TEST_P(PostgresqlCutover, ASnapshotTakenAfterTheLastWriterDoesNotHoldTheSwapBack) {
    const auto old_writer = database_.application();
    old_writer->run(
        "BEGIN; CREATE TABLE unrelated (x int)"); // holds everybody's backend_xmin back, has no snapshot
    until_ready();
    const auto early = database_.application();
    early->run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    EXPECT_EQ(job_.swap().kind, Kind::old_snapshots) << "it may have begun before the writer's commit";
    const auto late = database_.application();
    late->run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    const SwapOutcome outcome = job_.swap();
    ASSERT_EQ(outcome.blockers.size(), 1U);
    EXPECT_EQ(outcome.blockers[0].session, early->run("SELECT pg_backend_pid()").only());
    early->run("COMMIT");
    EXPECT_EQ(job_.swap().kind, Kind::done);
    EXPECT_EQ(late->run("SELECT count(*) FROM payments").only_integer(), 300);
}

TEST_P(PostgresqlCutover, APreparedTransactionOlderThanTheCopyHoldsTheSwapBack) {
    application_->run("BEGIN; CREATE TABLE unrelated (x int); PREPARE TRANSACTION 'held'");
    until_ready();
    const SwapOutcome refused = job_.swap();
    EXPECT_EQ(refused.kind, Kind::old_snapshots);
    ASSERT_EQ(refused.blockers.size(), 1U);
    EXPECT_EQ(refused.blockers[0].session, "prepared transaction held");
    application_->run("ROLLBACK PREPARED 'held'");
    EXPECT_EQ(job_.swap().kind, Kind::done);
}

TEST_P(PostgresqlCutover, AnIdleTransactionRefusesTheLockAndIsNamed) {
    until_ready();
    application_->run("BEGIN; SELECT count(*) FROM payments WHERE id = 1");
    const SwapOutcome refused = job_.swap(Direction::forward, {Millis{50}, Millis{5000}});
    EXPECT_EQ(refused.kind, Kind::lock_not_granted);
    ASSERT_EQ(refused.blockers.size(), 1U);
    EXPECT_EQ(refused.blockers[0].state, "idle in transaction");
    EXPECT_NE(refused.blockers[0].query.find("count(*)"), std::string::npos);
    EXPECT_EQ(where(), Placement::captured);
    application_->run("UPDATE payments SET amount = 12 WHERE id = 1");
    application_->run("COMMIT");
    EXPECT_EQ(job_.swap().kind, Kind::done);
    EXPECT_EQ(job_.control().run("SELECT amount_cents FROM public.payments WHERE id = 1").only_integer(),
              1200);
}

// A lock taken in two steps would make the application the deadlock's victim at once.
TEST_P(PostgresqlCutover, ATransactionThatHasReadMayWriteWhileTheSwapWaitsForIt) {
    until_ready();
    application_->run("BEGIN; SELECT count(*) FROM payments");
    SwapOutcome outcome;
    std::jthread swapping{[&] { outcome = job_.swap(Direction::forward, {Millis{20'000}, Millis{5000}}); }};
    const auto looks = database_.application();
    while (looks
               ->run("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND"
                     " relation = 'public.payments'::regclass")
               .only_integer() == 0) {
        std::this_thread::sleep_for(Millis{1});
    }
    application_->run("UPDATE payments SET amount = 12 WHERE id = 1");
    application_->run("COMMIT");
    swapping.join();
    EXPECT_EQ(outcome.kind, Kind::done);
    EXPECT_EQ(job_.control().run("SELECT amount_cents FROM public.payments WHERE id = 1").only_integer(),
              1200);
}

TEST_P(PostgresqlCutover, TheTriggersAreRefusedByAWriterAndTheWriterIsNamed) {
    application_->run("BEGIN; UPDATE payments SET amount = 1 WHERE id = 1");
    job_.engine().preparer().create_objects(job_.control(), job_.blueprint());
    const LockBudget budget{Millis{50}, Millis{300}};
    const LockOutcome refused =
        job_.engine().preparer().install_capture(job_.control(), job_.blueprint(), budget);
    EXPECT_FALSE(refused.granted);
    ASSERT_EQ(refused.blockers.size(), 1U);
    EXPECT_EQ(refused.blockers[0].application, "application");
    application_->run("COMMIT");
    application_->run("BEGIN; SELECT count(*) FROM payments");
    EXPECT_TRUE(job_.engine().preparer().install_capture(job_.control(), job_.blueprint(), budget).granted)
        << "a reader does not stand in the way";
}

TEST_P(PostgresqlCutover, WhatTheApplicationWroteSinceTheLastReplayIsDrainedUnderTheLock) {
    until_ready();
    application_->run("UPDATE payments SET amount = 99.99 WHERE id <= 20");
    application_->run("DELETE FROM payments WHERE id = 21");
    const SwapOutcome outcome = job_.swap();
    EXPECT_EQ(outcome.kind, Kind::done);
    EXPECT_EQ(outcome.drained, 21);
    EXPECT_EQ(
        job_.control().run("SELECT count(*) FROM public.payments WHERE amount_cents = 9999").only_integer(),
        20);
    EXPECT_EQ(job_.control().run("SELECT count(*) FROM public.payments WHERE id = 21").only_integer(), 0);
}

TEST_P(PostgresqlCutover, ADrainOverItsBudgetReleasesTheLockAndSwapsNothing) {
    until_ready();
    application_->run("INSERT INTO payments (id, amount) SELECT i, i FROM generate_series(10000, 60000) i");
    const SwapOutcome outcome = job_.swap(Direction::forward, {Millis{300}, Millis{1}});
    EXPECT_EQ(outcome.kind, Kind::over_budget);
    EXPECT_EQ(where(), Placement::captured);
    EXPECT_TRUE(job_.replay(Direction::forward, 20'000).empty());
    EXPECT_EQ(job_.swap().kind, Kind::done);
    EXPECT_EQ(job_.control().run("SELECT count(*) FROM public.payments").only_integer(), 50'301);
}

TEST_P(PostgresqlCutover, APendingKeyThatDiffersUnderTheLockStopsTheSwap) {
    until_ready();
    job_.control().run("UPDATE turntable.shadow_1 SET note = -1 WHERE id = 77");
    const SwapOutcome outcome = swap_with({R"(["76"])", R"(["77"])"});
    EXPECT_EQ(outcome.kind, Kind::differs);
    ASSERT_EQ(outcome.differences.size(), 1U);
    EXPECT_EQ(outcome.differences[0].key, "id=77");
    EXPECT_EQ(where(), Placement::captured);
}

TEST_P(PostgresqlCutover, ARowThatTheNewShapeRefusesStopsTheSwap) {
    until_ready();
    job_.control().run("ALTER TABLE turntable.shadow_1 ADD CONSTRAINT small CHECK (note < 1000)");
    application_->run("UPDATE payments SET note = 5000 WHERE id = 20");
    const SwapOutcome outcome = job_.swap();
    EXPECT_EQ(outcome.kind, Kind::clashes);
    ASSERT_EQ(outcome.clashes.size(), 1U);
    EXPECT_EQ(outcome.clashes[0].key, "id=20");
    EXPECT_EQ(where(), Placement::captured);
}

TEST_P(PostgresqlCutover, ATamperedCaptureStopsTheSwapAndAsksForAnotherCopy) {
    until_ready();
    application_->run("ALTER TABLE payments DISABLE TRIGGER turntable_row");
    const SwapOutcome outcome = job_.swap();
    EXPECT_EQ(outcome.kind, Kind::drifted);
    EXPECT_EQ(outcome.drift.drift, Drift::restart_copy);
    EXPECT_EQ(where(), Placement::captured);
}

TEST_P(PostgresqlCutover, ARefusedFenceLeavesEverythingAsItWas) {
    until_ready();
    const std::vector<std::string> none;
    EXPECT_THROW(static_cast<void>(job_.engine().swapper().swap(
                     job_.engine(), job_.control(),
                     {.blueprint = job_.blueprint(),
                      .origin = job_.origin(),
                      .direction = Direction::forward,
                      .budget = {Millis{300}, Millis{5000}},
                      .allow_old_snapshots = false,
                      .keep_old = true,
                      .recheck = none,
                      .fence =
                          [](Session&) {
                              throw Error{ErrorKind::stopped, "fenced", "another owner"};
                          },
                      .record = [](Session&) {}})),
                 Error);
    EXPECT_EQ(where(), Placement::captured);
    EXPECT_EQ(job_.swap().kind, Kind::done);
}

// The application's own statements are written so that they fit both shapes; every one must succeed exactly
// once.
TEST_P(PostgresqlCutover, NoWriteIsLostAndNoneFailsWhileTheTableIsSwappedAndSwappedBack) {
    until_ready();
    application_->run("UPDATE payments SET note = 0 WHERE id <= 3");
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> written{0};
    std::atomic<std::int64_t> failed{0};
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 3; ++writer) {
        writers.emplace_back([&, writer] {
            const auto session = database_.application();
            for (std::int64_t n = 0; !stop; ++n) {
                try {
                    const std::string id = std::to_string(1'000'000 * (writer + 1) + n);
                    session->run("INSERT INTO payments (id, note) VALUES (" + id + ", " + id + ")");
                    session->run("UPDATE payments SET note = note + 1 WHERE id = " +
                                 std::to_string(writer + 1));
                    ++written;
                } catch (const DatabaseError&) {
                    ++failed;
                }
            }
        });
    }
    const auto reach = [&](Direction direction) {
        for (int tries = 0; tries < 500; ++tries) {
            catch_up(direction);
            if (job_.swap(direction).kind == Kind::done) {
                return;
            }
            std::this_thread::sleep_for(Millis{5});
        }
        FAIL() << "never swapped";
    };
    reach(Direction::forward);
    while (written < 200) {
        std::this_thread::sleep_for(Millis{5});
    }
    reach(Direction::back);
    const std::int64_t at_revert = written;
    while (written < at_revert + 50) {
        std::this_thread::sleep_for(Millis{5});
    }
    stop = true;
    writers.clear();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(job_.control().run("SELECT count(*) FROM public.payments WHERE id > 300").only_integer(),
              written);
    EXPECT_EQ(
        job_.control().run("SELECT sum(note)::bigint FROM public.payments WHERE id <= 3").only_integer(),
        written);
    EXPECT_EQ(where(), Placement::reverted);
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlCutover, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlCutover);

} // namespace
} // namespace turntable::test
