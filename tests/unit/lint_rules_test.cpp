// Every rule fires where it should, and not at the close miss. The cases are data: tests/data/lint/rules.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/lint_cases.hpp"

namespace turntable::test {
namespace {

using migrate::lint::Rule;
using migrate::lint::rules;
using testing::Contains;
using testing::Not;

std::vector<std::string> ids() {
    std::vector<std::string> found;
    for (const Rule& rule : rules()) {
        found.emplace_back(rule.id);
    }
    return found;
}

class LintRule : public testing::TestWithParam<std::string> {};

TEST_P(LintRule, FiresInItsCasesAndNotInTheCloseMisses) {
    const std::vector<LintCase> cases = lint_cases(GetParam());
    const auto fires = [](const LintCase& c) { return c.fires; };
    ASSERT_TRUE(std::any_of(cases.begin(), cases.end(), fires)) << "no case where it fires";
    ASSERT_FALSE(std::all_of(cases.begin(), cases.end(), fires)) << "no close miss";
    for (const LintCase& lint_case : cases) {
        SCOPED_TRACE(GetParam() + ".cases line " + std::to_string(lint_case.line));
        const std::vector<std::string> fired = rules_that_fire(lint_case);
        if (lint_case.fires) {
            EXPECT_THAT(fired, Contains(GetParam()));
        } else {
            EXPECT_THAT(fired, Not(Contains(GetParam())));
        }
        if (GetParam() != "does-not-parse") {
            EXPECT_THAT(fired, Not(Contains("does-not-parse"))) << "the case itself is wrong";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, LintRule, testing::ValuesIn(ids()), [](const auto& instance) {
    std::string name = instance.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(LintRules, EveryFileOfCasesBelongsToARule) {
    for (const auto& entry : std::filesystem::directory_iterator{TURNTABLE_TEST_DATA "/lint/rules"}) {
        EXPECT_THAT(ids(), Contains(entry.path().stem().string()));
    }
}

TEST(LintRules, HaveOneCheckEachAndSayEverything) {
    for (const Rule& rule : rules()) {
        const int checks = (rule.on_action != nullptr ? 1 : 0) + (rule.on_migration != nullptr ? 1 : 0) +
                           (rule.on_set != nullptr ? 1 : 0);
        EXPECT_EQ(checks, 1) << rule.id;
        EXPECT_FALSE(rule.why.empty() || rule.lock.empty() || rule.safe.empty() || rule.example.empty())
            << rule.id;
        EXPECT_TRUE(rule.why.ends_with('.') && rule.safe.ends_with('.')) << rule.id;
    }
}

TEST(LintRules, HaveNamesOfTheirOwn) {
    std::vector<std::string> names = ids();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

} // namespace
} // namespace turntable::test
