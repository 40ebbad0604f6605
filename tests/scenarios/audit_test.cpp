// The data probe alone: `audit` and `plan --probe` count exactly, name the offenders, and change nothing.

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Audit : public Scenario {
  protected:
    Audit() { make_payments(50); }
};

TEST_P(Audit, CountsErrorsAndTotalsToTheLastDigitAndChangesNothing) {
    sql().query("UPDATE payments SET amount = 1.005 WHERE id = 7");
    sql().query("UPDATE payments SET amount = 0.125 WHERE id = 8");
    const auto before = everything();
    const ToolRun run = tool_.json(
        {"audit", "payments", "--convert", "amount=cents,into=amount_cents,round=half_up,inexact=report"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto audit = run.json();
    EXPECT_EQ(audit.value("state", ""), "passed");
    EXPECT_EQ(audit.value("rows", 0), 50);
    const auto column = audit["conversions"][0];
    EXPECT_EQ(column.value("exact", 0), 48);
    EXPECT_EQ(column.value("rounded", 0), 2);
    // 1 + … + 50 + 50 × 0.25, two of them replaced.
    EXPECT_EQ(column.value("sum_source", ""), "1273.13");
    EXPECT_EQ(column.value("sum_target", ""), "127314");
    EXPECT_EQ(column.value("sum_error", ""), "1");
    EXPECT_EQ(column.value("largest_error", ""), "0.5");
    EXPECT_TRUE(column.value("conserved", false));
    ASSERT_EQ(column["examples"].size(), 2U) << run.out;
    EXPECT_THAT(column["examples"][0].value("key", ""), testing::HasSubstr("7"));
    EXPECT_EQ(everything(), before);
    EXPECT_TRUE(tool_.jobs().empty()) << "a probe is no job";
}

TEST_P(Audit, RefusesWithTheKeysAndTheWayOut) {
    sql().query("UPDATE payments SET amount = 1.005 WHERE id = 7");
    const auto before = everything();
    const ToolRun run = tool_.json({"audit", "payments", "--convert", "amount=cents,into=amount_cents"});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    const auto audit = run.json();
    EXPECT_EQ(audit.value("state", ""), "refused");
    ASSERT_EQ(audit["findings"].size(), 1U) << run.out;
    EXPECT_THAT(audit["findings"][0].get<std::string>(),
                testing::AllOf(testing::HasSubstr("1 row"), testing::HasSubstr("7"),
                               testing::HasSubstr("round=half_even")));
    EXPECT_TRUE(audit["conversions"][0]["sum_target"].is_null());
    const ToolRun text = tool_.run({"audit", "payments", "--convert", "amount=cents,into=amount_cents"});
    EXPECT_EQ(text.exit_code, 3);
    EXPECT_THAT(text.out, testing::HasSubstr("refused:"));
    EXPECT_EQ(everything(), before);
}

TEST_P(Audit, IsAlsoAPartOfThePlan) {
    const ToolRun run =
        tool_.json({"plan", "payments", "--probe", "--convert", "amount=cents,into=amount_cents"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.json().value("strategy", ""), "shadow");
    EXPECT_EQ(run.json()["probe"]["conversions"][0].value("exact", 0), 50);
    sql().query("UPDATE payments SET amount = 0.001 WHERE id = 3");
    EXPECT_EQ(
        tool_.run({"plan", "payments", "--probe", "--convert", "amount=cents,into=amount_cents"}).exit_code,
        3);
}

TEST_P(Audit, FillsNullsInTheSamePassAsTheirNotNull) {
    sql().query("UPDATE payments SET note = NULL WHERE id <= 3");
    const std::string fill = "note=fill,expr='concat(''n'', ''one'')',default='''none'''";
    const std::string portable =
        flavor() == Flavor::sqlite ? "note=fill,expr='''n'' || ''one''',default='''none'''" : fill;
    const ToolRun run = tool_.json({"alter", "payments", "--convert", portable, "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note = 'none'"), 3);
    EXPECT_THROW(sql().query("UPDATE payments SET note = NULL WHERE id = 5"), std::exception);
    sql().query("INSERT INTO payments (id, amount, status) VALUES (51, 1, 0)");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note = 'none'"), 4);
    // The rows that were not changed since come back as they were.
    const std::string job = run.json().value("job", "");
    ASSERT_EQ(tool_.json({"revert", job}).exit_code, 0);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note IS NULL"), 3);
}

TEST_P(Audit, ConvertsWordsThereAndBack) {
    sql().query("UPDATE payments SET note = 'open' WHERE id <= 20");
    sql().query("UPDATE payments SET note = 'closed' WHERE id > 20");
    const std::string lookup = "note=lookup,map='open:1;closed:2',type=int16,into=state_id";
    sql().query("UPDATE payments SET note = 'odd' WHERE id = 9");
    EXPECT_EQ(tool_.json({"audit", "payments", "--convert", lookup}).exit_code, 3);
    sql().query("UPDATE payments SET note = 'open' WHERE id = 9");
    const ToolRun run = tool_.json({"alter", "payments", "--convert", lookup, "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT SUM(state_id) FROM payments"), 20 + 2 * 30);
    sql().query("UPDATE payments SET state_id = 2 WHERE id = 1");
    const ToolRun back = tool_.json({"revert", run.json().value("job", "")});
    ASSERT_EQ(back.exit_code, 0) << back.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note = 'closed'"), 31);
}

TEST_P(Audit, NeedsNoDatabaseForTheListOfConversions) {
    const ToolRun run = tool_.json({"conversions"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto rules = run.json();
    std::set<std::string> names;
    for (const auto& rule : rules) {
        names.insert(rule.value("rule", ""));
        EXPECT_GE(rule["engines"].size(), 3U);
        for (const auto& [engine, made] : rule["engines"].items()) {
            const bool no_such_thing =
                rule.value("rule", "") == "charset" && (engine == "postgresql" || engine == "sqlite");
            EXPECT_TRUE(made.contains(no_such_thing ? "refused" : "sql"))
                << rule.value("rule", "") << " on " << engine << made.dump();
        }
    }
    EXPECT_THAT(names, testing::IsSupersetOf({"cents", "charset", "collation", "date", "fill", "json",
                                              "lookup", "timestamp", "uuid"}));
    EXPECT_THAT(tool_.run({"conversions"}).out, testing::HasSubstr("--convert amount=cents"));
}

INSTANTIATE_TEST_SUITE_P(Servers, Audit, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
