// Messages are obeyed within two seconds, wherever in a change they are met: by a virtual clock on which each
// statement of the tool takes 10 ms and nothing else takes time, so that a loop that does not listen shows.

#include <gtest/gtest.h>

#include "crash/in_process.hpp"
#include "support/depth.hpp"
#include "turntable/engines.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

using run::JobState;

constexpr Millis per_statement{10};
constexpr Millis promised{2000};

// A message, and how the journal tells that it was obeyed.
struct Message {
    std::function<void(Engine&, const std::string& job)> send;
    std::string obeyed; // a condition over the job's row
};

Message pause_message() {
    return {[](Engine& engine, const std::string& job) { run::request_pause(engine, job); },
            "job_state = 'paused'"};
}

class Messages : public testing::Test {
  protected:
    static bool holds(InProcessChange& change, const std::string& condition) {
        return change.database().client().number("SELECT count(*) FROM _turntable_job WHERE " + condition) >
               0;
    }

    // Sends the message at statement n, or as soon as `when` holds from there on, and measures until it is
    // obeyed; then calls `then`. nullopt: the change had ended before.
    std::optional<Millis> time_to_obey(InProcessChange& change, int n, const Message& message,
                                       const std::string& when, const std::function<void(Engine&)>& then) {
        const auto engine = make_engine(Url::parse(change.database().url()));
        std::optional<std::chrono::steady_clock::time_point> sent;
        std::optional<Millis> taken;
        const auto look = [&] {
            if (sent && !taken && holds(change, message.obeyed)) {
                taken = std::chrono::duration_cast<Millis>(change.clock().now() - *sent);
                then(*engine);
            }
        };
        int seen = 0;
        FaultPlan plan;
        plan.between = [&] {
            change.clock().sleep(per_statement * (change.plan().seen - seen));
            seen = change.plan().seen;
            if (!sent && seen >= n && !change.job().empty() && holds(change, when)) {
                message.send(*engine, change.job());
                sent = change.clock().now();
            }
        };
        change.clock().before_sleep = look; // a paused job sleeps, and runs no statement for a while
        try {
            (void)change.call(plan, [&](const run::Context& context) { return change.execute(context); });
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "wrong_state") << error.what(); // sent to a job that had just ended
            return std::nullopt;
        }
        change.clock().before_sleep = [] {};
        if (sent && !taken) { // the end of the change overtook it
            const auto waited = std::chrono::duration_cast<Millis>(change.clock().now() - *sent);
            EXPECT_LE(waited, promised) << "never obeyed";
        }
        return taken;
    }

    // Over the whole change.
    template <class Body>
    static void at_statements(const Body& body) {
        const int stride = full_depth() ? 3 : 61;
        int obeyed = 0;
        for (int n = 5;; n += stride) {
            SCOPED_TRACE("message at statement " + std::to_string(n));
            const std::optional<Millis> taken = body(n);
            if (!taken || HasFailure()) {
                break;
            }
            EXPECT_LE(*taken, promised);
            ++obeyed;
        }
        EXPECT_GT(obeyed, 3) << "the messages met too few statements";
    }

    const Server sqlite{"sqlite", ""};
};

TEST_F(Messages, PauseIsObeyedAndTheChangeGoesOnAfterwards) {
    at_statements([&](int n) {
        InProcessChange change{sqlite};
        const auto unpause = [&](Engine&) {
            change.database().client().query("UPDATE _turntable_control SET paused = 0");
        };
        const auto taken = time_to_obey(change, n, pause_message(), "job_state = 'running'", unpause);
        EXPECT_EQ(change.state(), JobState::swapped);
        EXPECT_EQ(change.trouble(true), "");
        return taken;
    });
}

TEST_F(Messages, AbortIsObeyed) {
    at_statements([&](int n) {
        InProcessChange change{sqlite};
        const Message abort{[&](Engine&, const std::string&) {
                                change.database().client().query(
                                    "UPDATE _turntable_control SET abort_asked = 1");
                            },
                            "json_extract(state, '$.step') IN ('undo', 'aborted')"};
        const auto taken = time_to_obey(change, n, abort, "job_state = 'running'", [](Engine&) {});
        EXPECT_EQ(change.trouble(!taken), "");
        return taken;
    });
}

TEST_F(Messages, AnAbortThatTheSwapHasOvertakenHoldsNothingUp) {
    InProcessChange change{sqlite};
    const Message abort{[&](Engine&, const std::string&) {
                            change.database().client().query("UPDATE _turntable_control SET abort_asked = 1");
                        },
                        "json_extract(state, '$.step') IN ('undo', 'aborted')"};
    const std::string after_the_swap = "json_extract(state, '$.step') IN ('after_swap', 'recount')";
    (void)time_to_obey(change, 5, abort, after_the_swap, [](Engine&) {});
    EXPECT_EQ(change.database().client().number("SELECT abort_asked FROM _turntable_control"), 1)
        << "not sent";
    EXPECT_EQ(change.state(), JobState::swapped);
    EXPECT_EQ(change.trouble(true), "");
}

// A job whose work is done when the stop is seen goes to its end: nobody resumes what is over, and it would
// be called stopped, and hold its table, for ever.
TEST_F(Messages, AStopThatTheEndHasOvertakenStopsNothing) {
    struct Ending {
        JobState wanted;
        std::function<run::Outcome(InProcessChange&, const run::Context&)> command, go_on;
        int tables_held;
    };
    const auto execute = [](InProcessChange& change, const run::Context& context) {
        return change.execute(context);
    };
    const auto resume = [](InProcessChange& change, const run::Context& context) {
        return run::resume(context, change.job());
    };
    const auto finalize = [](InProcessChange& change, const run::Context& context) {
        return run::finalize(context, change.job());
    };
    int stopped = 0;
    for (const Ending& ending : {Ending{JobState::swapped, execute, resume, 1},
                                 Ending{JobState::finalized, finalize, finalize, 0}}) {
        SCOPED_TRACE(std::string{run::to_string(ending.wanted)});
        int statements = 0, overtaken = 0;
        for (int before_the_end = 0; before_the_end <= 24; ++before_the_end) {
            SCOPED_TRACE(std::to_string(before_the_end) + " statements before the end");
            InProcessChange change{sqlite};
            const auto call = [&](const auto& command) {
                return change.call({}, [&](const run::Context& context) { return command(change, context); });
            };
            if (ending.wanted == JobState::finalized) {
                ASSERT_EQ(call(execute)->state, JobState::swapped);
            }
            if (before_the_end > 0) { // the first round counts them
                change.stop_at(statements - before_the_end);
            }
            const auto outcome = call(ending.command);
            statements = before_the_end == 0 ? change.plan().seen : statements;
            if (outcome->state == JobState::stopped) {
                ++stopped;
                EXPECT_EQ(outcome->exit_code, 6);
                change.stop_at(std::numeric_limits<int>::max());
                EXPECT_EQ(call(ending.go_on)->exit_code, 0);
            } else {
                ++overtaken;
                EXPECT_EQ(outcome->exit_code, 0) << outcome->reason;
            }
            EXPECT_EQ(change.state(), ending.wanted);
            EXPECT_EQ(change.database().client().number("SELECT count(*) FROM _turntable_target"),
                      ending.tables_held);
            EXPECT_EQ(change.trouble(true), "");
        }
        EXPECT_GT(overtaken, 1);
    }
    EXPECT_GT(stopped, 0);
}

TEST_F(Messages, SettingsAreObeyed) {
    at_statements([&](int n) {
        InProcessChange change{sqlite};
        const Message set{[](Engine& engine, const std::string& job) {
                              run::request_set(engine, job, "lock-timeout", "77ms");
                          },
                          "json_extract(settings, '$.lock_timeout') = 77"};
        const auto taken = time_to_obey(change, n, set, "job_state = 'running'", [](Engine&) {});
        EXPECT_EQ(change.trouble(true), "");
        return taken;
    });
}

TEST_F(Messages, CutoverIsObeyed) {
    InProcessChange change{sqlite};
    bool held = false;
    const Message hold{
        [&](Engine& engine, const std::string& job) { run::request_set(engine, job, "cutover", "manual"); },
        "job_state = 'ready'"};
    std::optional<std::chrono::steady_clock::time_point> asked;
    const auto ask = [&](Engine&) {
        held = true;
        change.database().client().query("UPDATE _turntable_control SET cutover = 1");
        asked = change.clock().now();
    };
    (void)time_to_obey(change, 5, hold, "job_state = 'running'", ask);
    ASSERT_TRUE(held);
    EXPECT_EQ(change.state(), JobState::swapped);
    constexpr Millis recount = 20 * per_statement; // after the swap the totals are taken once more
    EXPECT_LE(std::chrono::duration_cast<Millis>(change.clock().now() - *asked), promised + recount)
        << "from the message to the end of the whole change";
}

} // namespace
} // namespace turntable::test
