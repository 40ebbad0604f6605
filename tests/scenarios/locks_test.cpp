// Somebody holds the table: the tool waits without making the application wait, and says who it is.

#include <atomic>
#include <thread>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Locks : public Scenario {
  protected:
    Locks() { make_payments(300); }

    // A transaction that has written and stays idle.
    std::unique_ptr<Client> idle_transaction() {
        auto client = database_.open();
        client->query(flavor() == Flavor::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        client->query("UPDATE payments SET status = 9 WHERE id = 1");
        return client;
    }
};

class ServerLocks : public Locks {};

TEST_P(Locks, AnIdleTransactionIsWaitedForAndNamed) {
    auto idle = idle_transaction();
    const auto process = tool_.start(to_cents({"--format", "json", "--lock-timeout", "100ms"}));
    std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    EXPECT_TRUE(process->running());
    idle->query("COMMIT");
    idle.reset();
    const ToolRun run = Tool::finish(*process);
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT status FROM payments WHERE id = 1"), 9);
    if (flavor() != Flavor::sqlite) { // which cannot tell who holds its lock
        EXPECT_THAT(run.err, testing::HasSubstr("in the way")) << run.text();
        if (flavor() != Flavor::mariadb) { // an idle session's last statement is nowhere to be read there
            EXPECT_THAT(run.err, testing::HasSubstr("UPDATE payments")) << run.text();
        }
    }
}

TEST_P(ServerLocks, TheApplicationIsNotStoppedWhileTheToolWaits) {
    auto idle = idle_transaction();
    const auto process = tool_.start(to_cents({"--lock-timeout", "100ms"}));
    const auto application = database_.open();
    std::chrono::steady_clock::duration longest{0};
    for (int i = 0; i < 200; ++i) {
        const auto start = std::chrono::steady_clock::now();
        application->query("UPDATE payments SET status = 5 WHERE id = " + std::to_string(2 + i));
        longest = std::max(longest, std::chrono::steady_clock::now() - start);
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    // Twenty times the lock timeout: not a measurement, but no endless queue behind the tool's request
    // either.
    EXPECT_LT(longest, std::chrono::seconds{2});
    std::printf("longest wait %.1f ms\n", std::chrono::duration<double, std::milli>(longest).count());
    idle->query("ROLLBACK");
    EXPECT_EQ(Tool::finish(*process).exit_code, 0);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE status = 5"), 200);
}

TEST_P(Locks, RetriesThatRunOutLeaveNothing) {
    const auto before = everything();
    {
        auto idle = idle_transaction();
        const ToolRun run = tool_.json(
            to_cents({"--lock-timeout", "50ms", "--lock-retries", "2", "--cutover-timeout", "3s"}));
        EXPECT_EQ(run.exit_code, 4) << run.text();
        idle->query("ROLLBACK");
    }
    // What could not be undone under the lock is undone by abort.
    for (const auto& line : tool_.jobs()) {
        EXPECT_EQ(tool_.run({"abort", line.value("job", "")}).exit_code, 0);
    }
    EXPECT_EQ(everything(), before);
}

// On SQLite the idle writer itself stops everybody.
INSTANTIATE_TEST_SUITE_P(Servers, ServerLocks, testing::ValuesIn(networked_servers()), server_name);
INSTANTIATE_TEST_SUITE_P(Servers, Locks, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
