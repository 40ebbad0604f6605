// The scripts of a dozen changes as files: tests/golden/postgresql.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "plan_support.hpp"
#include "support/golden.hpp"

namespace turntable::test {
namespace {

struct Golden {
    std::string name;
    std::vector<std::string> clauses;
    StrategyChoice strategy = StrategyChoice::automatic;
    std::string cents; // column converted
};

std::vector<Golden> goldens() {
    return {
        {"float_to_cents", {}, StrategyChoice::automatic, "amount"},
        {"add_column", {"ADD COLUMN note text NOT NULL DEFAULT 'none'"}, StrategyChoice::automatic, ""},
        {"add_column_by_shadow",
         {"ADD COLUMN note text NOT NULL DEFAULT 'none'"},
         StrategyChoice::shadow,
         ""},
        {"drop_column", {"DROP COLUMN memo"}, StrategyChoice::automatic, ""},
        {"rename_column", {"RENAME COLUMN memo TO remark"}, StrategyChoice::automatic, ""},
        {"swap_two_names",
         {"RENAME memo TO x", "RENAME made TO memo", "RENAME x TO made"},
         StrategyChoice::automatic,
         ""},
        {"change_type_using", {"ALTER memo TYPE int USING length(memo)"}, StrategyChoice::automatic, ""},
        {"widen_key", {"ALTER id TYPE bigint"}, StrategyChoice::automatic, ""},
        {"set_not_null", {"ALTER memo SET NOT NULL"}, StrategyChoice::automatic, ""},
        {"add_check", {"ADD CONSTRAINT recent CHECK (made > '2020-01-01')"}, StrategyChoice::automatic, ""},
        {"add_foreign_key",
         {"ADD FOREIGN KEY (id) REFERENCES accounts ON DELETE SET NULL"},
         StrategyChoice::automatic,
         ""},
        {"add_unique", {"ADD CONSTRAINT one_memo UNIQUE (memo)"}, StrategyChoice::automatic, ""},
        {"set_default",
         {"ALTER memo SET DEFAULT 'x', ALTER memo SET STATISTICS 500"},
         StrategyChoice::automatic,
         ""},
    };
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string text_of(const Blueprint& blueprint) {
    const std::string out = script_text(blueprint);
    const std::int64_t oid = postgresql::detail_of(blueprint).source_oid;
    return replaced(replaced(out, fmt::format("_{}_", oid), "_OID_"), fmt::format(" {} ", oid), " OID ");
}

class PlanGolden : public testing::TestWithParam<Server> {};

INSTANTIATE_TEST_SUITE_P(Servers, PlanGolden, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanGolden);

TEST_P(PlanGolden, ScriptsAreTheOnesThatWereReviewed) {
    ScratchDatabase database{GetParam()};
    Planned planned{database};
    planned.run({
        "CREATE TABLE accounts (id bigint PRIMARY KEY)",
        R"(CREATE TABLE payments (id serial PRIMARY KEY, account bigint NOT NULL REFERENCES accounts, amount double precision
           NOT NULL DEFAULT 0 CONSTRAINT positive CHECK (amount >= 0), memo text, made timestamptz DEFAULT now()))",
        "CREATE INDEX payments_account ON payments (account)",
        "COMMENT ON COLUMN payments.memo IS 'what for'",
    });
    for (const Golden& golden : goldens()) {
        ChangeRequest request;
        request.table = {"public", "payments"};
        request.alter_clauses = golden.clauses;
        if (!golden.cents.empty()) {
            Conversion cents;
            cents.column = golden.cents;
            cents.rule = "cents";
            cents.round = Rounding::half_even;
            cents.into = golden.cents + "_cents";
            request.conversions = {cents};
        }
        planned.settings.strategy = golden.strategy;
        expect_reviewed(fmt::format("postgresql/{}.{}.txt", golden.name, GetParam().name),
                        text_of(planned.plan(request)));
    }
}

} // namespace
} // namespace turntable::test
