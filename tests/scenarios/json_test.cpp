// The JSON objects of the contract, key by key.

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Json : public Scenario {
  protected:
    static std::set<std::string> keys(const nlohmann::json& object) {
        std::set<std::string> names;
        for (const auto& [name, value] : object.items()) {
            names.insert(name);
        }
        return names;
    }
    static const std::set<std::string>& outcome_keys() {
        static const std::set<std::string> names{"job",     "table",    "strategy",     "state",
                                                 "rows",    "verified", "mismatches",   "conversions",
                                                 "seconds", "lock_ms",  "revert_until", "quarantine"};
        return names;
    }
};

TEST_P(Json, OfAnAlterHasEveryKey) {
    make_payments(300);
    sql().query("UPDATE payments SET amount = NULL WHERE id = 300");
    sql().query("UPDATE payments SET amount = 1.005 WHERE id = 299");
    const ToolRun run =
        tool_.json({"alter", "payments", "--convert",
                    "amount=cents,into=amount_cents,round=half_even,inexact=report", "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto outcome = run.json();
    EXPECT_EQ(keys(outcome), outcome_keys());
    EXPECT_THAT(outcome["table"].get<std::string>(),
                testing::EndsWith("payments")); // with its schema, if any
    EXPECT_EQ(outcome["strategy"], "shadow");
    EXPECT_EQ(outcome["state"], "swapped");
    EXPECT_EQ(outcome["verified"], true);
    EXPECT_EQ(outcome["mismatches"], 0);
    EXPECT_EQ(outcome["rows"],
              nlohmann::json({{"source", 300}, {"shadow", 300}, {"copied", 300}, {"replayed", 0}}));
    EXPECT_EQ(keys(outcome["seconds"]),
              (std::set<std::string>{"probe", "copy", "index", "replay", "verify", "swap", "total"}));
    EXPECT_EQ(keys(outcome["lock_ms"]), (std::set<std::string>{"prepare", "swap"}));
    ASSERT_EQ(outcome["conversions"].size(), 1U);
    const auto& conversion = outcome["conversions"][0];
    EXPECT_EQ(conversion["column"], "amount");
    EXPECT_EQ(conversion["rule"], "cents");
    EXPECT_EQ(conversion["exact"], 298);
    EXPECT_EQ(conversion["rounded"], 1);
    EXPECT_EQ(conversion["nulls"], 1);
    EXPECT_EQ(conversion["rejected"], 0);
    // 1.25 + … + 298.25 is 44625.5; and 1.005, which is 100 cents
    EXPECT_EQ(conversion["sum_source"], "44626.505");
    EXPECT_EQ(conversion["sum_target"], "4462650");
    EXPECT_THAT(outcome["revert_until"].get<std::string>(), testing::MatchesRegex("20..-..-..T..:..:...*Z"));
}

TEST_P(Json, OfJobsHasEveryKey) {
    make_payments(10);
    EXPECT_EQ(tool_.json({"jobs"}).json(), nlohmann::json::array());
    const std::string job = swapped_job();
    const auto jobs = tool_.jobs();
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_THAT(keys(jobs[0]),
                testing::IsSupersetOf({"job", "table", "phase", "state", "owner_alive", "rows_done",
                                       "rows_total", "backlog", "eta_seconds", "reason"}));
    EXPECT_EQ(jobs[0]["job"], job);
    EXPECT_THAT(jobs[0]["table"].get<std::string>(), testing::EndsWith("payments"));
    EXPECT_EQ(jobs[0]["phase"], "window");
    EXPECT_EQ(jobs[0]["state"], "swapped");
    EXPECT_EQ(jobs[0]["owner_alive"], false);
}

TEST_P(Json, OfRevertAndFinalizeIsTheSameObject) {
    make_payments(10);
    const std::string job = swapped_job();
    const auto reverted = tool_.json({"revert", job}).json();
    EXPECT_EQ(keys(reverted), outcome_keys());
    EXPECT_EQ(reverted["state"], "reverted");
    EXPECT_TRUE(reverted["revert_until"].is_null());
    const auto ended = tool_.json({"finalize", swapped_job()}).json();
    EXPECT_EQ(keys(ended), outcome_keys());
    EXPECT_EQ(ended["state"], "finalized");
    EXPECT_TRUE(ended["revert_until"].is_null());
}

TEST_P(Json, OfAChangeThatKeepsNoOldTableEndsFinalized) {
    make_payments(10);
    const ToolRun run = tool_.json(to_cents({"--keep-old", "none"}));
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.json()["state"], "finalized");
    EXPECT_TRUE(run.json()["revert_until"].is_null());
    EXPECT_EQ(shadow(), "");
}

TEST_P(Json, OfAnErrorHasAStableCode) {
    const ToolRun run = tool_.json({"alter", "nothing", "--alter", "DROP COLUMN a", "--execute"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(keys(run.json()["error"]), (std::set<std::string>{"code", "message", "left_behind", "next"}));
}

TEST_P(Json, IsTheOnlyThingOnStdout) {
    make_payments(10);
    const ToolRun run = tool_.json(to_cents({"--progress", "plain"}));
    EXPECT_TRUE(nlohmann::json::accept(run.out)) << run.text();
}

INSTANTIATE_TEST_SUITE_P(Servers, Json, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
