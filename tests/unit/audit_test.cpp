#include "plan/audit.hpp"

#include <set>

#include <gtest/gtest.h>

#include "plan/shown_value.hpp"

namespace turntable::plan {
namespace {

ConversionPlan cents() {
    ConversionPlan plan;
    plan.asked.column = plan.source_column = "amount";
    plan.asked.rule = "cents";
    plan.target_type = "bigint";
    return plan;
}

ConversionProbe rounded_rows(Rows count) {
    ConversionProbe probe;
    probe.exact = 10;
    probe.rounded = count;
    probe.examples = {{"rounded", "id=3", "1.005"}};
    return probe;
}

TEST(Audit, PassesWhereEveryValueIsExact) {
    const ConversionPlan plan = cents();
    EXPECT_TRUE(audit({{plan, rounded_rows(0)}}, {}).empty());
}

TEST(Audit, RefusesRoundedValuesWithoutANamedRounding) {
    const ConversionPlan plan = cents();
    const auto findings = audit({{plan, rounded_rows(2)}}, {});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0],
              "column amount: 2 rows have digits below the target's unit and no rounding is named, for "
              "example id=3 = 1.005; add round=half_even (or half_up, …) and inexact=report or "
              "inexact=accept");
}

TEST(Audit, NeedsBothARoundingAndAnInexactPolicy) {
    ConversionPlan plan = cents();
    plan.asked.round = Rounding::half_up;
    EXPECT_EQ(audit({{plan, rounded_rows(1)}}, {}).size(), 1U);
    plan.asked.inexact = InexactPolicy::report;
    EXPECT_TRUE(audit({{plan, rounded_rows(1)}}, {}).empty());
    plan.asked.round = Rounding::exact_only;
    EXPECT_EQ(audit({{plan, rounded_rows(1)}}, {}).size(), 1U);
}

TEST(Audit, RefusesBadValuesUnlessAPolicyTakesThem) {
    ConversionPlan plan = cents();
    ConversionProbe probe;
    probe.not_finite = 1;
    probe.out_of_range = 2;
    EXPECT_EQ(audit({{plan, probe}}, {}).size(), 2U);
    plan.asked.nan = BadValuePolicy::null;
    plan.asked.overflow = BadValuePolicy::null;
    EXPECT_TRUE(audit({{plan, probe}}, {}).empty());
    probe.rejected = 1;
    EXPECT_EQ(audit({{plan, probe}}, {}).size(), 1U);
    plan.asked.extra["malformed"] = "null";
    EXPECT_TRUE(audit({{plan, probe}}, {}).empty());
}

TEST(Audit, NamesTheRuleThatDataBreakAndTheKeys) {
    const RuleProbe rule{"not_null", "customer", 1, {{"null", "id=7", std::nullopt}}};
    const auto findings = audit({}, {rule});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0],
              "column customer: 1 row would be NULL, for example id=7; give these rows a value first, or "
              "a new column a DEFAULT, or fill them in the same change with --convert "
              "customer=fill,expr=…");
}

TEST(Audit, TellsOfEveryRuleInASentenceOfItsOwn) {
    std::set<std::string> said;
    for (const char* const rule : {"not_null", "unique", "foreign_key", "check", "length", "range",
                                   "precision", "charset", "enum", "value"}) {
        const auto findings = audit({}, {{rule, "x", 2, {{"", "id=1", "a"}, {"", "id=2", "a"}}}});
        ASSERT_EQ(findings.size(), 1U);
        EXPECT_NE(findings[0].find(" x: "), std::string::npos) << findings[0];
        EXPECT_NE(findings[0].find("2 rows "), std::string::npos) << findings[0];
        EXPECT_NE(findings[0].find(", for example id=1 = a; id=2 = a; "), std::string::npos) << findings[0];
        said.insert(findings[0]);
    }
    EXPECT_EQ(said.size(), 10U);
    EXPECT_EQ(audit({}, {{"unique", "UNIQUE (a)", 1, {}}})[0].find("UNIQUE (a): 1 row repeats"), 0U);
}

TEST(Audit, ShowsAValueOnOneLineAndNotLongerThanALine) {
    EXPECT_EQ(shown_value("a\nb\x1B[2J"), "a\\nb\\x1B[2J");
    EXPECT_EQ(shown_value("€ 5"), "€ 5");
    const std::string text = shown_value(std::string(61, 'x'));
    EXPECT_EQ(text, std::string(60, 'x') + "… (61 characters)");
}

} // namespace
} // namespace turntable::plan
