// kill -9 of the tool, of its sessions and of the server at random moments; a stalled owner; a twin.

#include <thread>

#include "crash/process_crash.hpp"
#include "support/private_postgres.hpp"

namespace turntable::test {
namespace {

constexpr std::chrono::seconds patience{90};

class Crash : public testing::TestWithParam<Server> {
  protected:
    // A moment within the run, early ones and late ones; the seed makes a failure repeatable as far as it can
    // be.
    std::chrono::milliseconds moment() {
        const auto chosen = std::chrono::milliseconds{random_() % 1500};
        std::printf("disturbed after %lld ms\n", static_cast<long long>(chosen.count()));
        return chosen;
    }
    void wait_a_moment(Process& process) { (void)process.wait_for(moment()); }

    std::mt19937 random_{20'240'229};
};

TEST_P(Crash, OfTheToolIsFinishedByResume) {
    for (int i = 0; i < rounds(2, 25); ++i) {
        DisturbedChange change{GetParam()};
        const auto process = change.start();
        wait_a_moment(*process);
        process->send(SIGKILL);
        (void)process->wait_for(patience);
        change.finish_and_check();
        ASSERT_FALSE(HasFailure());
    }
}

TEST_P(Crash, OfTheToolIsUndoneByAbort) {
    for (int i = 0; i < rounds(2, 25); ++i) {
        DisturbedChange change{GetParam()};
        const auto process = change.start();
        wait_a_moment(*process);
        process->send(SIGKILL);
        (void)process->wait_for(patience);
        change.abort_and_check();
        ASSERT_FALSE(HasFailure());
    }
}

TEST_P(Crash, OfTheToolAgainAndAgainEndsWell) {
    DisturbedChange change{GetParam()};
    auto process = change.start();
    for (int i = 0; i < rounds(3, 12); ++i) {
        wait_a_moment(*process);
        process->send(SIGKILL);
        (void)process->wait_for(patience);
        const auto line = change.job();
        process = line.is_null() ? change.start() : change.tool().start({"resume", line["job"]});
    }
    (void)process->wait_for(patience);
    change.finish_and_check();
}

TEST_P(Crash, ASignalAtAnyMomentEndsWithTheRightExitCode) {
    for (int i = 0; i < rounds(2, 20); ++i) {
        DisturbedChange change{GetParam()};
        const auto process = change.start();
        // A signal before the handler is in place just ends the process: it is when there is a job.
        ASSERT_FALSE(
            change.tool().wait_for_job([](const nlohmann::json&) { return true; }, patience).is_null());
        wait_a_moment(*process);
        process->send(i % 2 == 0 ? SIGTERM : SIGINT);
        const ToolRun run = Tool::finish(*process);
        EXPECT_THAT(run.exit_code, testing::AnyOf(0, 6)) << run.text();
        change.finish_and_check();
        ASSERT_FALSE(HasFailure());
    }
}

TEST_P(Crash, AStalledOwnerIsFencedByItsSuccessor) {
    DisturbedChange change{GetParam()};
    const auto stalled = change.start();
    // Before that it is only entered in the journal, and a lost connection ends it as one that did not begin.
    const auto begun = [](const nlohmann::json& job) { return job["state"] != "planned"; };
    ASSERT_FALSE(change.tool().wait_for_job(begun, patience).is_null());
    change.stall(*stalled);
    change.finish_and_check();
    ASSERT_TRUE(change.writers().wait_for(20));
    stalled->send(SIGCONT);
    const ToolRun run = Tool::finish(*stalled);
    EXPECT_THAT(run.exit_code, testing::AnyOf(0, 6)) << run.text();
    change.check_rows(true);
}

// Servers whose sessions can be cut by somebody else.
class CutConnection : public Crash {};

TEST_P(CutConnection, IsOpenedAgainAndTheChangeGoesOn) {
    for (int i = 0; i < rounds(2, 25); ++i) {
        DisturbedChange change{GetParam()};
        const auto process = change.start();
        wait_a_moment(*process);
        change.cut_sessions();
        const ToolRun run = Tool::finish(*process);
        // Before it is a job, a change has nothing to go on with.
        EXPECT_THAT(run.exit_code, testing::AnyOf(0, 8)) << run.text();
        change.finish_and_check();
        ASSERT_FALSE(HasFailure());
    }
}

// A server of the test's own, because it is killed.
class ServerCrash : public testing::Test {
  protected:
    void disturb(void (PrivatePostgres::*how)()) {
        DisturbedChange change{postgres_.server()};
        change.writers().stop(); // an application of a dead server sees errors, rightly
        const auto process = change.start();
        (void)process->wait_for(std::chrono::milliseconds{300 + random_() % 600});
        (postgres_.*how)();
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        postgres_.start();
        const ToolRun run = Tool::finish(*process);
        EXPECT_THAT(run.exit_code, testing::AnyOf(0, 6, 8)) << run.text();
        change.reconnect();
        change.finish_and_check();
    }

    std::mt19937 random_{7};
    PrivatePostgres postgres_;
};

TEST_F(ServerCrash, KillOfTheServerIsSurvived) {
    for (int i = 0; i < rounds(1, 10) && !HasFailure(); ++i) {
        disturb(&PrivatePostgres::crash);
    }
}

TEST_F(ServerCrash, RestartOfTheServerIsSurvived) {
    for (int i = 0; i < rounds(1, 10) && !HasFailure(); ++i) {
        disturb(&PrivatePostgres::stop);
    }
}

std::vector<Server> cuttable() {
    std::vector<Server> list = one_server_of_each();
    std::erase_if(list, [](const Server& server) { return server.name == "sqlite"; });
    return list;
}

// SQLite has no connections to cut; where servers are asked for, their absence is a failure anyhow.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CutConnection);
INSTANTIATE_TEST_SUITE_P(Servers, CutConnection, testing::ValuesIn(cuttable()),
                         [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(Servers, Crash, testing::ValuesIn(one_server_of_each()),
                         [](const auto& tested) { return tested.param.name; });

} // namespace
} // namespace turntable::test
