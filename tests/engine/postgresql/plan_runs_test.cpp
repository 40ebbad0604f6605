// A planned change goes through the runtime parts, beside writes, to the swap and back.
#include <gtest/gtest.h>

#include "plan_support.hpp"
#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PlanRuns : public testing::TestWithParam<Server> {};

INSTANTIATE_TEST_SUITE_P(Servers, PlanRuns, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanRuns);

TEST_P(PlanRuns, CentsAndADroppedColumnToTheSwapAndBack) {
    ScratchDatabase database{GetParam()};
    RuntimeJob job{database, 500};
    Planned planned{database};
    ChangeRequest request;
    request.table = {"public", "payments"};
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.round = Rounding::half_even;
    cents.inexact = InexactPolicy::accept;
    cents.into = "amount_cents";
    request.conversions = {cents};
    request.alter_clauses = {"DROP COLUMN legacy"};
    const Blueprint blueprint = planned.plan(request);
    const std::string before = definition(planned.session(), "public", "payments");
    job.alter([&](Blueprint& public_part, postgresql::Detail& detail) {
        const std::string id = public_part.job;
        public_part = blueprint;
        public_part.job = id;
        detail = postgresql::detail_of(blueprint);
    });
    job.prepare();
    planned.run({"UPDATE payments SET amount = 12.34 WHERE id = 7", "DELETE FROM payments WHERE id = 8"});
    job.copy();
    planned.run({"UPDATE payments SET amount = 99.99, id = 100009 WHERE id = 9"});
    job.index();
    EXPECT_TRUE(job.replay().empty());
    EXPECT_EQ(job.verify().difference_count, 0);
    const SwapOutcome swapped = job.swap();
    ASSERT_EQ(swapped.kind, SwapOutcome::Kind::done);
    EXPECT_EQ(planned.session()
                  .run("SELECT string_agg(amount_cents::text, ' ' ORDER BY id) FROM public.payments"
                       " WHERE id IN (7, 8, 9, 100009)")
                  .only(),
              "1234 9999");
    planned.run({"UPDATE payments SET amount_cents = 4321 WHERE id = 7"});
    EXPECT_TRUE(job.replay(Direction::back).empty());
    ASSERT_EQ(job.swap(Direction::back).kind, SwapOutcome::Kind::done);
    EXPECT_EQ(planned.session().run("SELECT amount FROM public.payments WHERE id = 7").only(), "43.21");
    EXPECT_EQ(difference(before, definition(planned.session(), "public", "payments")), "");
}

} // namespace
} // namespace turntable::test
