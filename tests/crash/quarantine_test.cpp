// A run that dies while it keeps quarantined values: after the resume each is kept once.

#include <gtest/gtest.h>

#include "change/parse.hpp"
#include "run/api.hpp"
#include "support/depth.hpp"
#include "support/fault_engine.hpp"
#include "support/silence.hpp"
#include "support/test_database.hpp"
#include "support/virtual_clock.hpp"
#include "turntable/engines.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

class QuarantineFaults : public testing::TestWithParam<Server> {
  protected:
    // nullopt: killed.
    std::optional<run::Outcome> call(FaultPlan& plan,
                                     const std::function<run::Outcome(const run::Context&)>& body) {
        FaultEngine engine{make_engine(Url::parse(database_->url())), plan};
        Silence silence;
        try {
            return body(run::Context{engine, silence, [] { return false; }, clock_, run::Threads::none});
        } catch (const SimulatedKill&) {
            return std::nullopt;
        }
    }

    // Every second of 40 rows is bad; the change meets the fault, and is resumed. False: no fault was met.
    bool keeps_each_once(Fault fault, int statement) {
        database_.emplace(GetParam());
        database_->exec({"CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v varchar(10))"});
        for (int id = 1; id <= 40; ++id) {
            database_->client().query(id % 2 == 0 ? "INSERT INTO t VALUES (" + std::to_string(id) + ", '5')"
                                                  : "INSERT INTO t VALUES (" + std::to_string(id) + ", 'x')");
        }
        FaultPlan plan;
        plan.fault = fault;
        plan.fail_at = statement;
        plan.only = "quarantine";
        std::optional<run::Outcome> outcome = call(plan, [](const run::Context& context) {
            ChangeRequest request;
            request.table.name = "t";
            request.conversions = {
                change::parse_conversion("v=integer,type=int32,malformed=quarantine,replacement=-1")};
            Settings settings;
            settings.workers = 1;
            return run::execute(context, run::plan_change(context.engine, request, settings), settings);
        });
        if (!outcome || outcome->state != run::JobState::swapped) {
            FaultPlan none;
            std::string job;
            outcome = call(none, [&](const run::Context& context) {
                job = run::jobs(context.engine).at(0).job;
                return run::resume(context, job);
            });
        }
        EXPECT_EQ(outcome->state, run::JobState::swapped) << outcome->reason;
        EXPECT_EQ(outcome->conversions.at(0).quarantined, 20);
        Client& client = database_->client();
        EXPECT_EQ(client.number("SELECT COUNT(*) FROM " + outcome->side_table), 20);
        EXPECT_EQ(client.number("SELECT COUNT(DISTINCT row_key) FROM " + outcome->side_table), 20);
        EXPECT_EQ(client.number("SELECT SUM(v) FROM t"), 20 * 5 - 20);
        return plan.fired;
    }

  private:
    std::optional<TestDatabase> database_;
    VirtualClock clock_;
};

// At full depth every kind of fault on every server; else the death after the statement, which
// leaves most behind.
TEST_P(QuarantineFaults, LeaveEachValueKeptOnce) {
    const std::vector<Fault> faults = full_depth() ? std::vector{Fault::kill_after, Fault::kill_before,
                                                                 Fault::lost_after, Fault::lost_before}
                                                   : std::vector{Fault::kill_after};
    for (const Fault fault : faults) {
        int met = 0;
        for (int n = full_depth() || GetParam().name == "sqlite" ? 1 : 3; keeps_each_once(fault, n);
             ++n, ++met) {
            SCOPED_TRACE(to_string(fault) + " statement " + std::to_string(n));
            ASSERT_FALSE(HasFailure());
        }
        EXPECT_GE(met, 1) << "no statement was met";
    }
}

INSTANTIATE_TEST_SUITE_P(Servers, QuarantineFaults, testing::ValuesIn(servers()),
                         [](const auto& server) { return server.param.name; });

} // namespace
} // namespace turntable::test
