// `plan`, and `alter` without --execute: everything is shown and nothing is touched.

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Plan : public Scenario {
  protected:
    Plan() { make_payments(50); }
    static constexpr const char* conversion = "amount=cents,into=amount_cents";
};

TEST_P(Plan, ShowsEveryStatementAndChangesNothing) {
    const auto before = everything();
    const ToolRun run = tool_.json({"plan", "payments", "--convert", conversion});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto plan = run.json();
    EXPECT_EQ(plan.value("strategy", ""), "shadow");
    EXPECT_EQ(plan.value("revert", ""), "swap_back");
    EXPECT_FALSE(plan.value("strategy_reason", "").empty());
    EXPECT_GT(plan["statements"].size(), 5U);
    for (const auto& statement : plan["statements"]) {
        EXPECT_FALSE(statement.value("purpose", "").empty()) << statement.dump(1);
        EXPECT_FALSE(statement.value("blocks", "").empty()) << statement.dump(1);
        EXPECT_FALSE(statement.value("sql", "").empty()) << statement.dump(1);
    }
    EXPECT_GT(plan["estimate"].value("disk_needed", 0), 0);
    EXPECT_EQ(everything(), before);
    EXPECT_THAT(image(), testing::Not(testing::Contains(testing::HasSubstr("turntable"))));
}

TEST_P(Plan, NamesEveryPhaseThatWillRun) {
    const auto plan = tool_.json({"plan", "payments", "--convert", conversion}).json();
    std::set<std::string> phases;
    for (const auto& statement : plan["statements"]) {
        phases.insert(statement.value("phase", ""));
    }
    EXPECT_THAT(phases, testing::IsSupersetOf({"prepare", "copy", "swap", "window", "finalize"}));
    if (flavor() != Flavor::sqlite) { // its replay and verification are built row by row as they run
        EXPECT_THAT(phases, testing::IsSupersetOf({"replay", "verify"}));
    }
}

TEST_P(Plan, OfAlterWithoutExecuteIsADryRun) {
    const auto before = everything();
    const ToolRun run = tool_.run({"alter", "payments", "--convert", conversion});
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_THAT(run.out, testing::HasSubstr("--execute"));
    EXPECT_EQ(everything(), before);
}

TEST_P(Plan, OfAChangeThatIsThereAlreadySaysNothingToDo) {
    const std::string clause =
        is_mysql_like(flavor()) ? "MODIFY COLUMN note varchar(40)" : "ALTER COLUMN note TYPE varchar(40)";
    const ToolRun run = tool_.json({"alter", "payments", "--alter", clause, "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.json().value("strategy", ""), "nothing") << run.text();
}

TEST_P(Plan, OfRevertAndFinalizeChangesNothing) {
    const std::string job = swapped_job();
    ASSERT_FALSE(HasFailure());
    const auto before = image();
    for (const std::string command : {"revert", "finalize"}) {
        const ToolRun run = tool_.json({command, job, "--dry-run"});
        EXPECT_EQ(run.exit_code, 0) << run.text();
        EXPECT_GT(run.json()["statements"].size(), 0U) << run.text();
    }
    EXPECT_EQ(image(), before);
    EXPECT_EQ(tool_.jobs()[0].value("state", ""), "swapped");
}

TEST_P(Plan, TakesTypedOperationsFromAFile) {
    const TempDir directory;
    const std::string file = directory.file("change.toml", R"toml(
[[op]]
kind = "change_column"
table = "payments"
column = "amount"
type = "int64"
convert = { rule = "cents", into = "amount_cents" }
[[op]]
kind = "add_column"
table = "payments"
column = "currency"
type = "varchar(3)"
default = "'EUR'"
)toml");
    const ToolRun run = tool_.json({"alter", "payments", "--change", file, "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT SUM(amount_cents) FROM payments"), 128750);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE currency = 'EUR'"), 50);
}

INSTANTIATE_TEST_SUITE_P(Servers, Plan, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
