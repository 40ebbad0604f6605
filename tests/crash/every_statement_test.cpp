// Statement n of a change fails, before or after it took effect, for n = 1, 2, … until a run ends unfaulted;
// each time the job must be finished, or undone, by a new process, with no row lost and nothing left behind.

#include <algorithm>

#include <gtest/gtest.h>

#include "crash/in_process.hpp"
#include "support/depth.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

using run::JobState;

// At full depth every statement; else a sample that moves with the kind of fault.
// A run on a server takes two seconds, one on SQLite a quarter of a second.
int stride(const Server& server) {
    constexpr int embedded = 19;
    constexpr int remote = 257;
    return every(server.name == "sqlite" ? embedded : remote);
}

struct Series {
    Server server;
    Fault fault;
};
void PrintTo(const Series& series, std::ostream* out) {
    *out << series.server.name << ", " << to_string(series.fault);
}

class EveryStatement : public testing::TestWithParam<Series> {
  protected:
    // Runs body(n) for the sampled n until it says that no fault was met.
    template <class Body>
    void for_each_statement(const Body& body) {
        const int offset = static_cast<int>(GetParam().fault) * 5 + 1;
        int runs = 0;
        for (int n = full_depth() ? 1 : offset;; n += stride(GetParam().server), ++runs) {
            SCOPED_TRACE(to_string(GetParam().fault) + " statement " + std::to_string(n));
            const bool fired = body(n);
            if (HasFailure() || !fired) {
                std::printf("%d statements, %d runs\n", n, runs + 1);
                break;
            }
        }
    }

    [[nodiscard]] static FaultPlan fault_at(int n) {
        FaultPlan plan;
        plan.fault = GetParam().fault;
        plan.fail_at = n;
        return plan;
    }

    // Brings a change that was hit to its end, as a person would.
    static void finish(InProcessChange& change) {
        const std::string job = change.job();
        change.write(2);
        const auto outcome = change.call({}, [&](const run::Context& context) {
            return job.empty() ? change.execute(context) : run::resume(context, job);
        });
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->state, JobState::swapped) << outcome->reason;
        EXPECT_EQ(outcome->exit_code, 0) << outcome->reason;
    }

    // A change that died behind its swap is not aborted but taken back, and the refusal says so.
    static void abort_or_revert(InProcessChange& change) {
        const std::string job = change.job();
        std::optional<run::Outcome> outcome;
        try {
            outcome = change.call({}, [&](const run::Context& context) { return run::abort(context, job); });
            EXPECT_EQ(outcome->state, JobState::aborted) << outcome->reason;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "wrong_state") << error.what();
            EXPECT_EQ(change.trouble(true), "") << "refused although it has not swapped";
            outcome = change.call({}, [&](const run::Context& context) { return run::revert(context, job); });
            EXPECT_EQ(outcome->state, JobState::reverted) << outcome->reason;
            (void)change.call({}, [&](const run::Context& context) { return run::finalize(context, job); });
        }
    }
};

TEST_P(EveryStatement, OfAChangeMayFailAndResumeFinishesIt) {
    for_each_statement([](int n) {
        InProcessChange change{GetParam().server};
        std::string failure;
        try {
            (void)change.call(fault_at(n),
                              [&](const run::Context& context) { return change.execute(context); });
        } catch (const std::exception& error) {
            failure = error.what(); // before there is a job a lost connection is just reported
        }
        const FaultPlan hit = change.plan();
        SCOPED_TRACE(hit.failed_statement + "\n" + failure);
        if (change.state() != JobState::swapped) {
            finish(change);
        }
        EXPECT_EQ(change.trouble(true), "");
        change.write(3);
        const auto reverted =
            change.call({}, [&](const run::Context& context) { return run::revert(context, change.job()); });
        EXPECT_EQ(reverted->state, JobState::reverted) << reverted->reason;
        EXPECT_EQ(change.trouble(false), "");
        return hit.fired;
    });
}

TEST_P(EveryStatement, OfAChangeMayFailAndAbortLeavesNothing) {
    for_each_statement([](int n) {
        InProcessChange change{GetParam().server};
        try {
            (void)change.call(fault_at(n),
                              [&](const run::Context& context) { return change.execute(context); });
        } catch (const std::exception&) {
        }
        const FaultPlan hit = change.plan();
        SCOPED_TRACE(hit.failed_statement);
        const auto state = change.state();
        if (!state || state == JobState::swapped) {
            EXPECT_EQ(change.trouble(state.has_value()), "");
            return hit.fired;
        }
        change.write(2);
        abort_or_revert(change);
        EXPECT_EQ(change.trouble(false), "");
        EXPECT_EQ(change.catalogue_trouble(), "");
        return hit.fired;
    });
}

TEST_P(EveryStatement, OfARevertMayFailAndRevertFinishesIt) {
    for_each_statement([](int n) {
        InProcessChange change{GetParam().server};
        (void)change.call({}, [&](const run::Context& context) { return change.execute(context); });
        EXPECT_EQ(change.state(), JobState::swapped);
        change.write(5);
        const auto revert = [&](const run::Context& context) { return run::revert(context, change.job()); };
        try {
            (void)change.call(fault_at(n), revert);
        } catch (const std::exception&) {
        }
        const FaultPlan hit = change.plan();
        SCOPED_TRACE(hit.failed_statement);
        change.write(2);
        const auto outcome = change.call({}, revert);
        EXPECT_EQ(outcome->state, JobState::reverted) << outcome->reason;
        EXPECT_EQ(change.trouble(false), "");
        (void)change.call({},
                          [&](const run::Context& context) { return run::finalize(context, change.job()); });
        EXPECT_EQ(change.catalogue_trouble(), "");
        return hit.fired;
    });
}

TEST_P(EveryStatement, OfAFinalizeMayFailAndFinalizeFinishesIt) {
    for_each_statement([](int n) {
        InProcessChange change{GetParam().server};
        (void)change.call({}, [&](const run::Context& context) { return change.execute(context); });
        change.write(3);
        const auto finalize = [&](const run::Context& context) {
            return run::finalize(context, change.job());
        };
        try {
            (void)change.call(fault_at(n), finalize);
        } catch (const std::exception&) {
        }
        const FaultPlan hit = change.plan();
        SCOPED_TRACE(hit.failed_statement);
        change.write(2);
        const auto outcome = change.call({}, finalize);
        EXPECT_EQ(outcome->state, JobState::finalized) << outcome->reason;
        EXPECT_EQ(change.trouble(true), "");
        return hit.fired;
    });
}

std::vector<Series> all_series() {
    std::vector<Series> list;
    for (const Server& server : one_server_of_each()) {
        for (const Fault fault :
             {Fault::lost_before, Fault::lost_after, Fault::kill_before, Fault::kill_after}) {
            list.push_back({server, fault});
        }
    }
    return list;
}

INSTANTIATE_TEST_SUITE_P(Servers, EveryStatement, testing::ValuesIn(all_series()), [](const auto& tested) {
    std::string name = tested.param.server.name + "_" + to_string(tested.param.fault);
    std::ranges::replace(name, ' ', '_');
    return name;
});

} // namespace
} // namespace turntable::test
