#include "cli/render_outcome.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace turntable::cli {
namespace {

run::Outcome swapped() {
    run::Outcome outcome;
    outcome.job = "k3f9";
    outcome.table = "shop.payments";
    outcome.strategy = "shadow";
    outcome.state = run::JobState::swapped;
    outcome.source_rows = 5'000'012;
    outcome.shadow_rows = 5'000'012;
    outcome.copied = 5'000'000;
    outcome.replayed = 1203;
    outcome.verified = true;
    outcome.conversions = {
        {"amount", "cents", 4'999'990, 10, 12, 0, "12345.678", "1234568", "0.2", "0.2", 0}};
    outcome.seconds = {0.5, 2.25, 3.1, 0.2, 0.9, 0.04, 7.0501};
    outcome.prepare_lock_ms = 3;
    outcome.swap_lock_ms = 41;
    outcome.revert_until = "2026-11-22T07:00:00Z";
    return outcome;
}

TEST(OutcomeJson, IsTheObjectOfTheContract) {
    EXPECT_EQ(
        outcome_json(swapped()),
        R"({"job":"k3f9","table":"shop.payments","strategy":"shadow","state":"swapped",)"
        R"("rows":{"source":5000012,"shadow":5000012,"copied":5000000,"replayed":1203},)"
        R"("verified":true,"mismatches":0,)"
        R"("conversions":[{"column":"amount","rule":"cents","exact":4999990,"rounded":10,"nulls":12,)"
        R"("rejected":0,"quarantined":0,"sum_source":"12345.678","sum_target":"1234568","sum_error":"0.2","largest_error":"0.2"}],"quarantine":null,)"
        R"("seconds":{"probe":0.5,"copy":2.25,"index":3.1,"replay":0.2,"verify":0.9,"swap":0.04,"total":7.05},)"
        R"("lock_ms":{"prepare":3,"swap":41},"revert_until":"2026-11-22T07:00:00Z"})"
        "\n");
}

TEST(OutcomeJson, AbsentValuesAreNull) {
    run::Outcome outcome = swapped();
    outcome.revert_until.reset();
    outcome.conversions.front().sum_source.clear();
    const auto json = nlohmann::json::parse(outcome_json(outcome));
    EXPECT_TRUE(json["revert_until"].is_null());
    EXPECT_TRUE(json["conversions"][0]["sum_source"].is_null());
}

TEST(OutcomeText, NamesTheSideTableOfQuarantinedValues) {
    run::Outcome outcome = swapped();
    outcome.side_table = "_turntable_quarantine";
    outcome.conversions.front().quarantined = 2;
    EXPECT_NE(outcome_text(outcome).find("2 original values in _turntable_quarantine, job_id k3f9"),
              std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(outcome_json(outcome)).value("quarantine", ""), "_turntable_quarantine");
}

TEST(OutcomeJson, SeveralAreAnArray) {
    EXPECT_EQ(outcomes_json({}), "[]\n");
    EXPECT_EQ(nlohmann::json::parse(outcomes_json({swapped(), swapped()})).size(), 2U);
}

TEST(OutcomeText, PromisesNoRevertWhereThereIsNoWayBack) {
    run::Outcome outcome = swapped();
    outcome.revert_until.reset();
    const std::string text = outcome_text(outcome);
    EXPECT_EQ(text.find("turntable revert"), std::string::npos) << text;
    EXPECT_EQ(text.find("revertible"), std::string::npos) << text;
    EXPECT_NE(text.find("turntable finalize k3f9"), std::string::npos) << text;
}

TEST(OutcomeText, TellsWhatHappenedAndWhatComesNext) {
    EXPECT_EQ(outcome_text(swapped()),
              R"(job k3f9 on shop.payments: swapped
  strategy   shadow
  rows       5,000,000 copied, 1,203 replayed; source 5,000,012, new table 5,000,012
  verified   no row differs
  converted  amount cents: 4,999,990 exact, 10 rounded, 12 NULL, 0 rejected; sum 12345.678 -> 1234568, of it 0.2 by rounding
  time       7.1 s in all (probe 0.5, copy 2.2, index 3.1, replay 0.2, verify 0.9, swap 0.0)
  locks held 3 ms to prepare, 41 ms to swap
  revertible until 2026-11-22T07:00:00Z
  next       `turntable revert k3f9` swaps back losing no write; `turntable finalize k3f9` ends the window
)");
}

TEST(OutcomeText, NamesRowsThatDiffer) {
    run::Outcome outcome = swapped();
    outcome.state = run::JobState::stopped;
    outcome.mismatches = 12;
    outcome.verified = false;
    outcome.differences = {
        {Difference::Kind::differs, "id=17", {{"amount", "101", "100"}, {"note", "x", std::nullopt}}},
        {Difference::Kind::missing, "id=18", {}}};
    const std::string text = outcome_text(outcome);
    EXPECT_NE(text.find("verified   12 rows differ\n"), std::string::npos);
    EXPECT_NE(text.find("  row id=17 differs\n"
                        "    amount: should be '101', is '100'\n"
                        "    note: should be 'x', is NULL\n"
                        "  row id=18 is missing in the new table\n"
                        "  and 10 more\n"),
              std::string::npos);
}

TEST(OutcomeText, NamesRowsThatDoNotFitAndFindings) {
    run::Outcome outcome = swapped();
    outcome.state = run::JobState::refused;
    outcome.reason = "the audit found 3 rows";
    outcome.findings = {"amount: 3 rows below the cent, such as id=5 (0.001)"};
    outcome.clashes = {{"id=9", "value out of range"}};
    const std::string text = outcome_text(outcome);
    EXPECT_NE(text.find("refused\n  reason     the audit found 3 rows\n"), std::string::npos);
    EXPECT_NE(text.find("  amount: 3 rows below the cent, such as id=5 (0.001)\n"), std::string::npos);
    EXPECT_NE(text.find("  row id=9 does not fit: value out of range\n"), std::string::npos);
    EXPECT_EQ(text.find("next"), std::string::npos);
}

TEST(OutcomeText, OfAnInstantChangeSpeaksOfNoRows) {
    run::Outcome outcome;
    outcome.table = "t";
    outcome.strategy = "instant";
    outcome.state = run::JobState::finalized;
    EXPECT_EQ(outcome_text(outcome), "t: finalized\n  strategy   instant\n  time       0.0 s in all\n");
}

TEST(OutcomeText, OffersTheCommandThatFitsTheState) {
    using State = run::JobState;
    const std::pair<State, const char*> expected[] = {{State::ready, "turntable cutover k3f9"},
                                                      {State::stopped, "turntable resume k3f9"},
                                                      {State::paused, "turntable resume k3f9"},
                                                      {State::failed, "as it was found"},
                                                      {State::running, "turntable jobs"}};
    for (const auto& [state, command] : expected) {
        run::Outcome outcome = swapped();
        outcome.state = state;
        EXPECT_NE(outcome_text(outcome).find(command), std::string::npos) << command;
    }
}

TEST(Objections, AreEmptyWhereNothingStoodInTheWay) {
    EXPECT_EQ(objections_text(swapped()), "");
}

} // namespace
} // namespace turntable::cli
