// The commands that end, take back or go on with a change are hit themselves: statement k of `abort`,
// `resume`, `revert` and `finalize` fails, before or after it took effect. Whatever command comes next, it
// must end in a right state, as the twin and the catalogue tell.

#include <algorithm>

#include <gtest/gtest.h>

#include "crash/in_process.hpp"
#include "support/depth.hpp"
#include "support/silence.hpp"
#include "turntable/engines.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

using run::JobState;

const Server sqlite{"sqlite", ""};

using Command = run::Outcome (*)(const run::Context&, const std::string&);

class LaterCommand : public testing::TestWithParam<Fault> {
  protected:
    // Runs body(k) for every k, or for a sample that moves with the kind of fault, until no fault was met.
    template <class Body>
    void for_each_statement(const Body& body) {
        constexpr int sample = 23;
        const int stride = every(sample);
        int hits = 0;
        for (int k = full_depth() ? 1 : 2 + static_cast<int>(GetParam()) * 5;; k += stride) {
            SCOPED_TRACE(to_string(GetParam()) + " statement " + std::to_string(k));
            const bool fired = body(k);
            hits += fired ? 1 : 0;
            if (HasFailure() || !fired) {
                break;
            }
        }
        EXPECT_GT(hits, 0) << "nothing was hit";
        std::printf("%d statements were hit\n", hits);
    }

    // Statements of a change from its start to its swap, writers included.
    static int statements_of_a_change() {
        static const int counted = [] {
            InProcessChange change{sqlite};
            (void)change.call({}, [&](const run::Context& context) { return change.execute(context); });
            return change.plan().seen;
        }();
        return counted;
    }

    // A change whose process was killed after some quarters of its way. Which ones moves with k.
    static void kill_on_the_way(InProcessChange& change, int k) {
        FaultPlan plan;
        plan.fault = Fault::kill_after;
        plan.fail_at = statements_of_a_change() * (1 + k % 3) / 4;
        (void)change.call(plan, [&](const run::Context& context) { return change.execute(context); });
        ASSERT_TRUE(change.plan().fired);
        ASSERT_EQ(change.state(), JobState::running);
        change.write(2);
    }

    static void bring_to_the_window(InProcessChange& change) {
        (void)change.call({}, [&](const run::Context& context) { return change.execute(context); });
        ASSERT_EQ(change.state(), JobState::swapped);
        change.write(5);
    }

    // The command under test; what it was hit at. It may fail, but not say that all is well where it is not.
    static FaultPlan hit(InProcessChange& change, Command command, int k, JobState wished) {
        FaultPlan plan;
        plan.fault = GetParam();
        plan.fail_at = k;
        const std::string job = change.job();
        try {
            const auto outcome =
                change.call(plan, [&](const run::Context& context) { return command(context, job); });
            if (outcome && outcome->exit_code == 0) {
                EXPECT_EQ(outcome->state, wished) << outcome->reason;
            }
        } catch (const DatabaseError&) { // a lost connection may be all that it says
        }
        const FaultPlan met = change.plan();
        change.write(2);
        return met;
    }

    // The command that comes later.
    static void expect(InProcessChange& change, Command command, JobState state) {
        const std::string job = change.job();
        const auto outcome =
            change.call({}, [&](const run::Context& context) { return command(context, job); });
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->state, state) << outcome->reason;
        EXPECT_EQ(outcome->exit_code, 0) << outcome->reason;
    }

    static void expect_untouched(InProcessChange& change) {
        EXPECT_EQ(change.trouble(false), "");
        EXPECT_EQ(change.catalogue_trouble(), "");
        EXPECT_EQ(change.database().client().number("SELECT count(*) FROM _turntable_target"), 0)
            << "the next change is kept out";
    }
};

TEST_P(LaterCommand, AbortMayFailAndAbortEndsIt) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        kill_on_the_way(change, k);
        const FaultPlan met = hit(change, &run::abort, k, JobState::aborted);
        SCOPED_TRACE(met.failed_statement);
        expect(change, &run::abort, JobState::aborted);
        expect_untouched(change);
        return met.fired;
    });
}

// Where the abort had begun it is ended; where it had not, the change goes on.
TEST_P(LaterCommand, AbortMayFailAndResumeEndsWhatWasBegun) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        kill_on_the_way(change, k);
        const FaultPlan met = hit(change, &run::abort, k, JobState::aborted);
        SCOPED_TRACE(met.failed_statement);
        (void)change.call({},
                          [&](const run::Context& context) { return run::resume(context, change.job()); });
        if (change.state() == JobState::swapped) {
            EXPECT_EQ(change.trouble(true), "");
            expect(change, &run::revert, JobState::reverted);
            expect(change, &run::finalize, JobState::reverted);
        } else {
            EXPECT_EQ(change.state(), JobState::aborted);
        }
        expect_untouched(change);
        return met.fired;
    });
}

TEST_P(LaterCommand, ResumeMayFailAndResumeFinishes) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        kill_on_the_way(change, k);
        const FaultPlan met = hit(change, &run::resume, k, JobState::swapped);
        SCOPED_TRACE(met.failed_statement);
        expect(change, &run::resume, JobState::swapped);
        EXPECT_EQ(change.trouble(true), "");
        expect(change, &run::finalize, JobState::finalized);
        EXPECT_EQ(change.trouble(true), "");
        return met.fired;
    });
}

TEST_P(LaterCommand, ResumeMayFailAndTheSourceComesBack) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        kill_on_the_way(change, k);
        const FaultPlan met = hit(change, &run::resume, k, JobState::swapped);
        SCOPED_TRACE(met.failed_statement);
        try {
            (void)change.call({},
                              [&](const run::Context& context) { return run::abort(context, change.job()); });
            EXPECT_EQ(change.state(), JobState::aborted);
        } catch (const Error& error) { // it had swapped: taken back, not aborted
            EXPECT_EQ(error.code(), "wrong_state") << error.what();
            EXPECT_EQ(change.trouble(true), "");
            expect(change, &run::revert, JobState::reverted);
            expect(change, &run::finalize, JobState::reverted);
        }
        expect_untouched(change);
        return met.fired;
    });
}

TEST_P(LaterCommand, RevertMayFailAndResumeFinishesIt) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        bring_to_the_window(change);
        const FaultPlan met = hit(change, &run::revert, k, JobState::reverted);
        SCOPED_TRACE(met.failed_statement);
        (void)change.call({},
                          [&](const run::Context& context) { return run::resume(context, change.job()); });
        if (change.state() == JobState::swapped) { // it had not begun: the window is as it was
            EXPECT_EQ(change.trouble(true), "");
            expect(change, &run::revert, JobState::reverted);
        }
        EXPECT_EQ(change.state(), JobState::reverted);
        EXPECT_EQ(change.trouble(false), "");
        expect(change, &run::finalize, JobState::reverted);
        expect_untouched(change);
        return met.fired;
    });
}

TEST_P(LaterCommand, FinalizeMayFailAndResumeFinishesIt) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        bring_to_the_window(change);
        const FaultPlan met = hit(change, &run::finalize, k, JobState::finalized);
        SCOPED_TRACE(met.failed_statement);
        (void)change.call({},
                          [&](const run::Context& context) { return run::resume(context, change.job()); });
        if (change.state() == JobState::swapped) {
            EXPECT_EQ(change.trouble(true), "");
            expect(change, &run::finalize, JobState::finalized);
        }
        EXPECT_EQ(change.state(), JobState::finalized);
        EXPECT_EQ(change.trouble(true), "");
        return met.fired;
    });
}

TEST_P(LaterCommand, FinalizeOfARevertedChangeMayFailAndFinalizeEndsIt) {
    for_each_statement([](int k) {
        InProcessChange change{sqlite};
        bring_to_the_window(change);
        expect(change, &run::revert, JobState::reverted);
        const FaultPlan met = hit(change, &run::finalize, k, JobState::reverted);
        SCOPED_TRACE(met.failed_statement);
        expect(change, &run::finalize, JobState::reverted);
        expect_untouched(change);
        return met.fired;
    });
}

INSTANTIATE_TEST_SUITE_P(Sqlite, LaterCommand,
                         testing::Values(Fault::lost_before, Fault::lost_after, Fault::kill_before,
                                         Fault::kill_after),
                         [](const auto& tested) {
                             std::string name = to_string(tested.param);
                             std::ranges::replace(name, ' ', '_');
                             return name;
                         });

// Another process's command from its start to its end; false if it was refused.
bool from_elsewhere(InProcessChange& change, Command command, const std::string& job) {
    const auto engine = make_engine(Url::parse(change.database().url()));
    Silence silence;
    VirtualClock clock;
    try {
        (void)command(run::Context{*engine, silence, [] { return false; }, clock, run::Threads::none}, job);
        return true;
    } catch (const Error&) {
        return false;
    }
}

// A command stands still at statement k, while another one takes the job to its end. What it saw of the job
// before counts no more: a `finalize` that goes on would drop the table that a `revert` has put back.
int commands_stopped(Command stalled, Command other, JobState end, bool changed) {
    int stopped = 0;
    for (int k = 1; k < 40; ++k) {
        SCOPED_TRACE("statement " + std::to_string(k));
        InProcessChange change{sqlite};
        (void)change.call({}, [&](const run::Context& context) { return change.execute(context); });
        const std::string job = change.job();
        change.stop_writing();
        bool called = false, taken = false;
        FaultPlan plan;
        plan.between = [&] {
            if (!called && change.plan().seen + 1 >= k) {
                called = true;
                taken = from_elsewhere(change, other, job);
            }
        };
        std::string code;
        try {
            (void)change.call(plan, [&](const run::Context& context) { return stalled(context, job); });
        } catch (const Error& error) {
            code = error.code();
        }
        if (!taken) { // the other one was told that the job is under way
            break;
        }
        stopped += code == "job_moved" ? 1 : 0;
        EXPECT_EQ(change.state(), end) << code;
        EXPECT_EQ(change.trouble(changed), "") << code;
    }
    return stopped;
}

TEST(StalledCommand, FinalizeDoesNotDropWhatARevertHasPutBack) {
    EXPECT_GT(commands_stopped(&run::finalize, &run::revert, JobState::reverted, false), 0);
}

TEST(StalledCommand, RevertDoesNotGoBackFromWhatIsFinalized) {
    EXPECT_GT(commands_stopped(&run::revert, &run::finalize, JobState::finalized, true), 0);
}

} // namespace
} // namespace turntable::test
