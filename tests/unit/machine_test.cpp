#include "machine/state.hpp"

#include <gtest/gtest.h>

namespace turntable::machine {
namespace {

Plan shadow_plan() {
    Plan plan;
    plan.index_steps = 2;
    return plan;
}

std::vector<std::string> walk(State state, const Plan& plan, const std::vector<Event>& events) {
    std::vector<std::string> steps{std::string{to_string(state.step)}};
    for (const Event& event : events) {
        state = absorb(state, plan, event);
        steps.emplace_back(to_string(state.step));
    }
    return steps;
}

TEST(Machine, WalksAShadowChangeFromProbeToTheRevertWindow) {
    const auto steps =
        walk(State{}, shadow_plan(),
             {Done{}, Done{}, NotGranted{}, Done{}, Done{}, More{}, Done{}, Done{}, Done{}, More{},
              CaughtUp{}, Done{}, NotGranted{}, Swapped{7, Direction::forward}, Done{}});
    EXPECT_EQ(steps, (std::vector<std::string>{"probe", "create", "capture", "capture", "origin", "copy",
                                               "copy", "index", "index", "replay", "replay", "verify", "swap",
                                               "swap", "after_swap", "window"}));
}

TEST(Machine, KeepsQuarantinedValuesBetweenTheSwapAndWhatFollows) {
    Plan plan = shadow_plan();
    plan.quarantine = true;
    State state;
    state.step = Step::swap;
    const std::vector<Event> events{Swapped{7, Direction::forward}, Done{}, More{}, Done{}};
    EXPECT_EQ(walk(state, plan, events),
              (std::vector<std::string>{"swap", "after_swap", "set_aside", "set_aside", "window"}));
    plan.keep_old = false;
    EXPECT_EQ(walk(state, plan, events).back(), "uncapture");
}

TEST(Machine, TakesTheTotalsAgainBetweenTheSwapAndTheWindow) {
    Plan plan = shadow_plan();
    plan.totals = true;
    State state;
    state.step = Step::swap;
    const std::vector<Event> events{Swapped{7, Direction::forward}, Done{}, More{}, Done{}};
    EXPECT_EQ(walk(state, plan, events),
              (std::vector<std::string>{"swap", "after_swap", "recount", "recount", "window"}));
    plan.quarantine = true;
    EXPECT_EQ(walk(state, plan, {Swapped{7, Direction::forward}, Done{}, Done{}, Done{}}),
              (std::vector<std::string>{"swap", "after_swap", "set_aside", "recount", "window"}));
}

TEST(Machine, KnowsOfNoTotalsWhereTheSwapIsFoundDone) {
    State state;
    state.step = Step::swap;
    state.replayed = state.totals_at = 17;
    EXPECT_EQ(recover(state, shadow_plan(), Placement::swapped).totals_at, -1);
    EXPECT_EQ(recover(state, shadow_plan(), Placement::captured).totals_at, 17);
}

TEST(Machine, EndsANativeChangeAfterItsLastStatement) {
    Plan plan;
    plan.strategy = Strategy::online;
    plan.native_statements = 2;
    EXPECT_EQ(walk(State{}, plan, {Done{}, Done{}, NotGranted{}, Done{}}),
              (std::vector<std::string>{"probe", "native", "native", "native", "finalized"}));
}

TEST(Machine, RestartsTheCopyFromTheObjectsOnWhenTheSourceWasRewritten) {
    State state;
    state.step = Step::copy;
    state.copied = 17;
    state = absorb(state, shadow_plan(), SourceDrifted{{Drift::restart_copy, "rewritten"}});
    EXPECT_EQ(state.step, Step::restart_copy);
    state = absorb(state, shadow_plan(), Done{});
    EXPECT_EQ(state.step, Step::create);
    EXPECT_EQ(state.copy_pass, 1);
    EXPECT_EQ(state.copied, 0);
}

TEST(Machine, UndoesEverythingWhenTheDefinitionOfTheSourceChanged) {
    State state;
    state.step = Step::verify;
    state = absorb(state, shadow_plan(), SourceDrifted{{Drift::stop, "a column was added"}});
    EXPECT_EQ(state.step, Step::undo);
    state = absorb(state, shadow_plan(), Done{});
    EXPECT_EQ(state.step, Step::failed);
}

TEST(Machine, NeverUndoesASwappedChange) {
    for (const Step step :
         {Step::after_swap, Step::window, Step::uncapture, Step::retire, Step::revert_swap}) {
        State state;
        state.step = step;
        EXPECT_EQ(absorb(state, shadow_plan(), AbortAsked{}).step, step);
        EXPECT_EQ(absorb(state, shadow_plan(), Failed{"x", 1}).step, step);
    }
}

TEST(Machine, ComparesKeysThatAreAlwaysPendingUnderTheLockOfTheSwap) {
    State state;
    state.step = Step::verify;
    state.recheck_left = 3;
    state = absorb(state, shadow_plan(), Done{});
    EXPECT_EQ(state.step, Step::recheck);
    EXPECT_FALSE(state.verified);
    for (int round = 0; round < recheck_rounds_max; ++round) {
        EXPECT_EQ(state.step, Step::recheck);
        state = absorb(state, shadow_plan(), PendingLeft{2});
    }
    EXPECT_EQ(state.step, Step::swap);
    EXPECT_EQ(state.recheck_left, 2);
}

TEST(Machine, LearnsFromTheCatalogueThatALostSwapHappened) {
    State state;
    state.step = Step::swap;
    state.verified = true;
    EXPECT_EQ(recover(state, shadow_plan(), Placement::swapped).step, Step::after_swap);
    EXPECT_EQ(recover(state, shadow_plan(), Placement::captured).step, Step::swap);
    state.step = Step::revert_swap;
    EXPECT_EQ(recover(state, shadow_plan(), Placement::reverted).step, Step::after_revert);
    EXPECT_EQ(recover(state, shadow_plan(), Placement::swapped).step, Step::revert_swap);
}

TEST(Machine, VerifiesAgainAfterATakeoverUnlessVerificationWasComplete) {
    State state;
    state.step = Step::swap;
    state.verified = true;
    state.recheck_left = 1;
    EXPECT_EQ(recover(state, shadow_plan(), Placement::captured).step, Step::verify);
    state.step = Step::recheck;
    EXPECT_EQ(recover(state, shadow_plan(), Placement::captured).step, Step::verify);
}

TEST(Machine, ReturnsToTheOpenWindowWhenRowsDoNotFitTheOldShape) {
    for (const Step step : {Step::revert_probe, Step::revert_replay, Step::revert_swap}) {
        State state;
        state.step = step;
        EXPECT_EQ(absorb(state, shadow_plan(), DoesNotFit{"id=1"}).step, Step::window);
    }
}

TEST(Machine, ReturnsToTheOpenWindowWhenTheTableWasAlteredSinceTheSwap) {
    for (const Step step : {Step::revert_probe, Step::revert_replay, Step::revert_swap}) {
        for (const Drift drift : {Drift::stop, Drift::restart_copy}) {
            State state;
            state.step = step;
            const State after = absorb(state, shadow_plan(), SourceDrifted{{drift, "altered"}});
            EXPECT_EQ(after.step, Step::window);
            EXPECT_EQ(after.reason, "altered");
        }
    }
}

TEST(Machine, KeepsReplayingWhileTheCutoverIsHeld) {
    State state;
    state.step = Step::swap;
    Plan plan = shadow_plan();
    plan.hold_swap = true;
    EXPECT_TRUE(std::holds_alternative<ReplaySlice>(decide(state, plan)));
    EXPECT_EQ(absorb(state, plan, CaughtUp{}).step, Step::swap);
    plan.hold_swap = false;
    EXPECT_TRUE(std::holds_alternative<TrySwap>(decide(state, plan)));
}

TEST(Machine, RefusesToGoOnWhereTheTablesContradictTheJournal) {
    State state;
    for (const Step step : {Step::copy, Step::swap, Step::window, Step::retire, Step::reverted}) {
        state.step = step;
        EXPECT_THROW((void)recover(state, shadow_plan(), Placement::inconsistent), Error);
    }
}

TEST(Machine, LeavesTheTableOfAJobThatIsOverToItsOwner) {
    State state;
    for (const Step step : {Step::finalized, Step::aborted, Step::refused, Step::failed}) {
        state.step = step;
        EXPECT_EQ(recover(state, shadow_plan(), Placement::inconsistent).step, step);
    }
}

TEST(Machine, LooksAtTheRowsOnceMoreWhereTheServerTookThemUnseen) {
    Plan plan;
    plan.strategy = Strategy::online;
    plan.native_statements = 1;
    plan.second_look = true;
    EXPECT_EQ(
        walk(State{}, plan, {Done{}, NotGranted{}, Done{}, More{}, Done{}}),
        (std::vector<std::string>{"probe", "native", "native", "second_look", "second_look", "finalized"}));
    State state;
    state.step = Step::second_look;
    EXPECT_TRUE(std::holds_alternative<ProbeSlice>(decide(state, plan)));
    EXPECT_EQ(recover(state, plan, Placement::untouched).step, Step::second_look);
    const State refused = absorb(state, plan, ProbeRefused{"an orphan"});
    EXPECT_EQ(refused.step, Step::undo) << "its statements took effect";
    EXPECT_EQ(refused.failure_exit, 3);
    EXPECT_EQ(absorb(refused, plan, Done{}).step, Step::failed);
    EXPECT_EQ(walk(state, plan, {AbortAsked{}, Done{}}),
              (std::vector<std::string>{"second_look", "undo", "aborted"}));
}

TEST(Machine, KnowsBeforeTheUndoingThatRulesWereAway) {
    State state;
    state.step = Step::undo;
    const State known = absorb(state, {}, RulesAway{});
    EXPECT_EQ(known.step, Step::undo);
    EXPECT_TRUE(known.rules_were_away);
    EXPECT_TRUE(recover(known, {}, Placement::untouched).rules_were_away) << "a resume looks, too";
}

TEST(Machine, ReadsBackEveryStepItWrites) {
    for (const Step step : {Step::probe, Step::native, Step::second_look, Step::create, Step::restart_copy,
                            Step::window, Step::failed}) {
        EXPECT_EQ(step_from_string(to_string(step)), step);
    }
    EXPECT_THROW((void)step_from_string("nonsense"), Error);
}

} // namespace
} // namespace turntable::machine
