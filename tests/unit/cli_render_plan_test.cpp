#include "cli/render_plan.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/statement_text.hpp"

namespace turntable::cli {
namespace {

Blueprint cents() {
    Blueprint plan;
    plan.engine = "postgresql";
    plan.source = {"shop", "payments"};
    plan.strategy = Strategy::shadow;
    plan.strategy_reason = "the type of amount changes";
    plan.revert_reason = "both tables are kept for 24 h";
    plan.dropped_columns = {"note", "tag"};
    ConversionPlan conversion;
    conversion.asked.column = "amount";
    conversion.asked.rule = "cents";
    conversion.asked.scale = 2;
    conversion.asked.round = Rounding::half_even;
    conversion.asked.inexact = InexactPolicy::report;
    conversion.source_column = "amount";
    conversion.source_type = "double precision";
    conversion.target_column = "amount_cents";
    conversion.target_type = "bigint";
    conversion.forward_sql = "cents(amount)";
    conversion.inverse_sql = "amount_cents / 100.0";
    plan.conversions = {conversion};
    plan.script = {
        {Phase::prepare, {"CREATE TABLE s (\n  id bigint\n)\n", {}, "create the shadow", Blocks::nobody}},
        {Phase::prepare, {"CREATE TRIGGER", {}, "log the keys of changed rows", Blocks::writers_briefly}},
        {Phase::copy, {"INSERT … WHERE id > $1", {std::int64_t{17}}, "copy one chunk", Blocks::nobody}},
    };
    plan.notes = {"statements prepared as SELECT * must be prepared again"};
    plan.estimate = {5'000'000, 505'000'000, 251'000'000, 756'000'000, 12'300'000'000, Seconds{95}};
    return plan;
}

TEST(PlanText, SaysWhatWhyAndWhomItBlocks) {
    EXPECT_EQ(plan_text(cents()), R"(shop.payments on postgresql
  strategy  shadow: the type of amount changes
  way back  swap back until the revert window ends, losing no write: both tables are kept for 24 h
  rows      about 5,000,000 (505 MB of data, 251 MB of indexes)
  disk      756 MB more at the highest, 12 GB free
  time      about 1 min 35 s

conversions
  amount double precision -> amount_cents bigint
      rule    cents (scale 2, round half_even, inexact report)
      value   cents(amount)
      inverse amount_cents / 100.0

dropped columns: note, tag

statements
  prepare
    1. create the shadow (blocks nobody)
         CREATE TABLE s (
           id bigint
         )
    2. log the keys of changed rows (writers wait for the lock budget at most)
         CREATE TRIGGER
  copy
    3. copy one chunk (blocks nobody)
         INSERT … WHERE id > $1
         with 17

notes
  - statements prepared as SELECT * must be prepared again
)");
}

TEST(PlanText, OfNothingIsShort) {
    Blueprint plan = cents();
    plan.strategy = Strategy::nothing;
    plan.strategy_reason = "the table has this shape already";
    EXPECT_EQ(plan_text(plan),
              "shop.payments on postgresql\n  strategy  nothing: the table has this shape already\n");
}

TEST(PlanText, SaysWhatItDoesNotKnow) {
    Blueprint plan = cents();
    plan.estimate.disk_free.reset();
    plan.estimate.expected = Seconds{0};
    plan.conversions.front().inverse_sql.reset();
    plan.revert = RevertClass::irreversible;
    plan.revert_reason.clear();
    const std::string text = plan_text(plan);
    EXPECT_NE(text.find("free space unknown"), std::string::npos);
    EXPECT_NE(text.find("less than a second"), std::string::npos);
    EXPECT_NE(text.find("inverse none"), std::string::npos);
    EXPECT_NE(text.find("way back  none\n"), std::string::npos);
}

TEST(PlanJson, HasEveryFieldOfTheContract) {
    const auto json = nlohmann::ordered_json::parse(plan_json(cents()));
    std::vector<std::string> keys;
    for (const auto& [key, value] : json.items()) {
        keys.push_back(key);
    }
    EXPECT_EQ(keys, (std::vector<std::string>{"table", "engine", "state", "strategy", "strategy_reason",
                                              "revert", "revert_reason", "estimate", "conversions",
                                              "dropped_columns", "statements", "notes"}));
    EXPECT_EQ(json["state"], "planned");
    EXPECT_EQ(json["revert"], "swap_back");
    EXPECT_EQ(json["statements"][1].dump(),
              R"({"phase":"prepare","purpose":"log the keys of changed rows","blocks":"writers_briefly",)"
              R"("sql":"CREATE TRIGGER","arguments":[]})");
    EXPECT_EQ(json["statements"][2]["arguments"].dump(), "[17]");
    EXPECT_EQ(json["estimate"].dump(), R"({"rows":5000000,"table_bytes":505000000,"index_bytes":251000000,)"
                                       R"("disk_needed":756000000,"disk_free":12300000000,"seconds":95})");
    EXPECT_EQ(json["conversions"][0]["target_column"], "amount_cents");
}

TEST(PlanJson, IsOneLine) {
    const std::string json = plan_json(cents());
    EXPECT_EQ(json.find('\n'), json.size() - 1);
}

TEST(ScriptText, ListsWhatAJobWouldRun) {
    EXPECT_EQ(script_text({"j1", {cents().script[1]}}),
              "job j1 would run\n"
              "  prepare\n"
              "    1. log the keys of changed rows (writers wait for the "
              "lock budget at most)\n"
              "         CREATE TRIGGER\n");
    EXPECT_EQ(script_text({"j1", {}}), "job j1 would run\n  nothing\n");
}

TEST(ScriptJson, NamesTheJob) {
    EXPECT_EQ(script_json({"j1", {}}), "{\"job\":\"j1\",\"statements\":[]}\n");
    EXPECT_EQ(scripts_json({}), "[]\n");
}

TEST(ArgumentText, ReadsLikeALiteral) {
    EXPECT_EQ(argument_text(Null{}), "NULL");
    EXPECT_EQ(argument_text(std::int64_t{-3}), "-3");
    EXPECT_EQ(argument_text(0.1), "0.1");
    EXPECT_EQ(argument_text(std::string{"it's"}), "'it''s'");
    EXPECT_EQ(argument_text(Blob{std::string("\x00\xff", 2)}), "x'00ff'");
}

} // namespace
} // namespace turntable::cli
