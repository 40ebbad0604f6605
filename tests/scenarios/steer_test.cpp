// A running change obeys messages from any host.

#include <thread>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

// The contract says two seconds; a loaded machine may take longer to start the tool that asks.
constexpr std::chrono::seconds soon{15};

class Steer : public Scenario {
  protected:
    Steer() {
        make_payments(2000);
        held_ = directory_.file("hold", "");
    }

    // Starts a change that a flag file holds back before its first chunk, and returns its job.
    std::string start_held(const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = to_cents({"--format", "json", "--throttle-file", held_});
        arguments.insert(arguments.end(), more.begin(), more.end());
        process_ = tool_.start(arguments);
        return wait([](const nlohmann::json& line) { return line["state"] == "running"; }).value("job", "");
    }
    nlohmann::json wait(const Tool::JobPredicate& holds) {
        const nlohmann::json line = tool_.wait_for_job(holds, soon);
        EXPECT_FALSE(line.is_null()) << tool_.jobs().dump(1) << process_->err();
        return line.is_null() ? nlohmann::json::object() : line;
    }
    nlohmann::json wait_for_state(const std::string& state) {
        return wait([&](const nlohmann::json& line) { return line["state"] == state; });
    }
    // The tool's sessions on PostgreSQL have no search path.
    [[nodiscard]] std::string busy() const { return flavor() == Flavor::postgres ? "public.busy" : "busy"; }
    void release() const { std::filesystem::remove(held_); }
    void ask(const std::vector<std::string>& arguments) {
        const ToolRun run = tool_.json(arguments);
        EXPECT_EQ(run.exit_code, 0) << run.text();
    }

    TempDir directory_;
    std::string held_;
    std::unique_ptr<Process> process_;
};

TEST_P(Steer, AFlagFileHoldsTheWorkAndTheReasonIsShown) {
    start_held();
    const auto line = wait([](const nlohmann::json& job) {
        return job["reason"].get<std::string>().find("throttle-file") != std::string::npos;
    });
    EXPECT_EQ(line["owner_alive"], true);
    release();
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

TEST_P(Steer, AThrottleQueryHoldsTheWorkAndTheReasonIsShown) {
    release();
    sql().query("CREATE TABLE busy (n integer)");
    sql().query("INSERT INTO busy VALUES (1)");
    process_ =
        tool_.start(to_cents({"--format", "json", "--throttle-query", "SELECT MAX(n) FROM " + busy()}));
    wait([](const nlohmann::json& job) {
        return job["reason"].get<std::string>().find("throttle-query") != std::string::npos;
    });
    sql().query("UPDATE busy SET n = 0");
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

TEST_P(Steer, AThrottleQueryThatCannotBeReadHoldsTheWork) {
    sql().query("CREATE TABLE busy (n integer)");
    start_held({"--throttle-query", "SELECT MAX(n) FROM " + busy()});
    sql().query("DROP TABLE busy");
    release();
    wait([](const nlohmann::json& job) {
        return job["reason"].get<std::string>().find("cannot be read") != std::string::npos;
    });
    sql().query("CREATE TABLE busy (n integer)");
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

TEST_P(Steer, AThrottleQueryThatIsNotSqlIsRefusedAtOnce) {
    release();
    expect_refused(to_cents({"--throttle-query", "nonsense"}), 2, "bad_throttle_query");
}

TEST_P(Steer, PauseAndResume) {
    const std::string job = start_held();
    ask({"pause", job});
    wait_for_state("paused");
    release();
    std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    EXPECT_TRUE(process_->running()) << "a paused job went on";
    ask({"resume", job});
    const ToolRun run = Tool::finish(*process_);
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.json()["state"], "swapped");
}

TEST_P(Steer, AbortEndsItAndLeavesNothing) {
    const auto before = everything();
    const std::string job = start_held();
    ask({"abort", job});
    const ToolRun run = Tool::finish(*process_);
    EXPECT_EQ(run.json().value("state", ""), "aborted") << run.text();
    EXPECT_EQ(run.exit_code, 1) << "the change was not made: " << run.text();
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(tool_.jobs()[0]["state"], "aborted");
}

TEST_P(Steer, AnAbortedTableCanBeChangedAgain) {
    const std::string job = start_held();
    ask({"abort", job});
    (void)Tool::finish(*process_);
    release();
    EXPECT_FALSE(swapped_job().empty());
}

TEST_P(Steer, SetLetsTheWorkGoOn) {
    const std::string job = start_held();
    ask({"set", job, "throttle-file=" + held_ + ".other", "workers=1", "chunk-time=20ms"});
    const ToolRun run = Tool::finish(*process_);
    EXPECT_EQ(run.exit_code, 0) << run.text();
}

TEST_P(Steer, SetRefusesWhatItDoesNotKnow) {
    const std::string job = start_held();
    for (const std::string setting : {"speed=9", "workers=0", "workers=many", "chunk-time=-5ms"}) {
        EXPECT_EQ(tool_.run({"set", job, setting}).exit_code, 2) << setting;
    }
    release();
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

TEST_P(Steer, AManualCutoverWaitsUntilItIsAsked) {
    release();
    process_ = tool_.start(to_cents({"--format", "json", "--cutover", "manual"}));
    const std::string job = wait_for_state("ready").value("job", "");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE amount = 7.25"), 1) << "swapped too early";
    sql().query("UPDATE payments SET amount = 8.5 WHERE id = 7"); // a write while it waits is not lost
    ask({"cutover", job});
    const ToolRun run = Tool::finish(*process_);
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 7"), 850);
}

TEST_P(Steer, AManualCutoverThatNobodyAsksForEndsReadyAndGoesOnLater) {
    release();
    const ToolRun run = tool_.json(to_cents({"--cutover", "manual", "--cutover-timeout", "1s"}));
    EXPECT_EQ(run.exit_code, 6) << run.text();
    const std::string job = run.json().value("job", "");
    EXPECT_EQ(run.json().value("state", ""), "ready");
    sql().query("DELETE FROM payments WHERE id = 9");
    const ToolRun cut = tool_.json({"cutover", job});
    EXPECT_EQ(cut.exit_code, 0) << cut.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE amount_cents > 0"), 1999);
}

TEST_P(Steer, ASignalStopsItResumably) {
    const std::string job = start_held();
    process_->send(SIGTERM);
    const ToolRun run = Tool::finish(*process_);
    EXPECT_EQ(run.exit_code, 6) << run.text();
    EXPECT_EQ(tool_.jobs()[0]["state"], "stopped");
    release();
    const ToolRun resumed = tool_.json({"resume", job});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.text();
    EXPECT_EQ(resumed.json()["state"], "swapped");
}

TEST_P(Steer, ASecondChangeOfTheTableIsToldToWait) {
    start_held();
    const ToolRun second = tool_.json(
        {"alter", "payments", "--strategy", "shadow", "--alter", "DROP COLUMN note", "--execute", "--yes"});
    EXPECT_EQ(second.exit_code, 4) << second.text();
    release();
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

TEST_P(Steer, ResumeOfAJobThatIsRunWaitsForNobody) {
    const std::string job = start_held();
    const ToolRun twin = tool_.json({"resume", job});
    EXPECT_EQ(twin.exit_code, 0) << twin.text();
    EXPECT_TRUE(process_->running());
    release();
    EXPECT_EQ(Tool::finish(*process_).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Steer, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
