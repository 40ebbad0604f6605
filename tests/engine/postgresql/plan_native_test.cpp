// The server's own cheap forms: chosen where the way back is native too, run step by step, resumable at each.
#include <gtest/gtest.h>

#include "plan_support.hpp"

namespace turntable::test {
namespace {

class PlanNative : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
    Planned planned_{database_};

    void SetUp() override {
        planned_.run(
            {"CREATE TABLE accounts (id bigint PRIMARY KEY)", "INSERT INTO accounts VALUES (1)",
             "CREATE TABLE t (id bigint PRIMARY KEY, a int, b varchar(10) DEFAULT 'x', c numeric(8,2))",
             "INSERT INTO t VALUES (1, 1, 'one', 1), (2, 1, 'two', 2)"});
    }

    void expect_made(const std::vector<std::string>& clauses, Strategy strategy) {
        const Blueprint blueprint = planned_.plan("t", clauses);
        EXPECT_EQ(blueprint.strategy, strategy) << clauses.front() << ": " << blueprint.strategy_reason;
        carry_out_native(database_.engine(), planned_.session(), blueprint);
        const auto unexpected = database_.engine().planner().unexpected_changes(planned_.session(), blueprint,
                                                                                Planner::Moment::finalized);
        EXPECT_TRUE(unexpected.empty()) << clauses.front() << ": " << unexpected.front();
        EXPECT_EQ(planned_.plan("t", {"ALTER b SET DEFAULT 'y'"}).strategy, Strategy::instant);
    }
};

INSTANTIATE_TEST_SUITE_P(Servers, PlanNative, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanNative);

TEST_P(PlanNative, ChangesOfTheCatalogueAreInstant) {
    expect_made({"ADD COLUMN d int NOT NULL DEFAULT 7"}, Strategy::instant);
    expect_made({"RENAME a TO x", "RENAME b TO a", "RENAME x TO b", "RENAME a TO b2", "RENAME b TO a",
                 "RENAME b2 TO b"},
                Strategy::nothing);
    expect_made({"RENAME a TO x", "RENAME c TO a", "RENAME x TO c"}, Strategy::instant);
    expect_made({"ALTER b DROP DEFAULT, ALTER id SET STATISTICS 7"}, Strategy::instant);
}

TEST_P(PlanNative, NotNullChecksForeignKeysAndUniquenessAreOnline) {
    expect_made({"ALTER c SET NOT NULL"}, Strategy::online);
    expect_made({"ADD CHECK (c > 0)"}, Strategy::online);
    expect_made({"ADD FOREIGN KEY (a) REFERENCES accounts ON DELETE CASCADE"}, Strategy::online);
    expect_made({"ADD UNIQUE (b), ADD CONSTRAINT a_and_b UNIQUE (a, b)"}, Strategy::online);
    expect_made({"DROP CONSTRAINT t_pkey"}, Strategy::instant);
    expect_made({"ADD PRIMARY KEY (b)"}, Strategy::online);
}

// Whether the old or the new one stands could not be told after a crash.
TEST_P(PlanNative, AConstraintThatIsMadeAgainUnderItsNameGoesThroughTheShadow) {
    planned_.run({"ALTER TABLE t ADD CHECK (c > 0)"});
    EXPECT_EQ(planned_.plan("t", {"DROP CONSTRAINT t_c_check, ADD CHECK (c > 0.5)"}).strategy,
              Strategy::shadow);
    // But for the primary key, which is exchanged in one statement.
    EXPECT_EQ(planned_.plan("t", {"DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (b)"}).strategy, Strategy::online);
}

TEST_P(PlanNative, AnInvalidIndexIsRebuilt) {
    planned_.run({"INSERT INTO t VALUES (3, 1, 'one', 3)"});
    const Blueprint blueprint = planned_.plan("t", {"ADD CONSTRAINT twice UNIQUE (b)"});
    EXPECT_THROW(planned_.run({"CREATE UNIQUE INDEX CONCURRENTLY twice ON t (b)"}), DatabaseError);
    const NativeRunner& native = database_.engine().native();
    EXPECT_FALSE(native.done(planned_.session(), blueprint, 0));
    planned_.run({"DELETE FROM t WHERE id = 3"});
    carry_out_native(database_.engine(), planned_.session(), blueprint);
}

TEST_P(PlanNative, RowsThatBreakTheRuleLeaveTheTableAsItWas) {
    planned_.run({"INSERT INTO t VALUES (3, 9, 'one', NULL)"});
    for (const char* const clause :
         {"ALTER c SET NOT NULL", "ADD CONSTRAINT few CHECK (a < 5)",
          "ADD CONSTRAINT known FOREIGN KEY (a) REFERENCES accounts", "ADD UNIQUE (b)"}) {
        const std::string before = definition(planned_.session(), "public", "t");
        const Blueprint blueprint = planned_.plan("t", {clause});
        const auto run = [&] {
            for (std::size_t n = 0; n < blueprint.script.size(); ++n) {
                (void)database_.engine().native().run(planned_.session(), blueprint, n,
                                                      {Millis{300}, Millis{300}});
            }
        };
        EXPECT_THROW(run(), Error) << clause;
        EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")), "") << clause;
    }
}

// Whatever step an abort finds it at.
TEST_P(PlanNative, AnAbortTakesBackTheStepsThatWereMade) {
    const std::string before = definition(planned_.session(), "public", "t");
    const Blueprint blueprint =
        planned_.plan("t", {"ADD COLUMN d int NOT NULL DEFAULT 7", "RENAME a TO x", "ALTER c SET NOT NULL",
                            "ADD CONSTRAINT few CHECK (c > 0)", "ADD FOREIGN KEY (x) REFERENCES accounts",
                            "ADD CONSTRAINT once UNIQUE (b)"});
    ASSERT_EQ(blueprint.strategy, Strategy::online) << blueprint.strategy_reason;
    const LockBudget budget{Millis{300}, Millis{300}};
    ASSERT_EQ(blueprint.script.size(), 10U);
    for (const std::size_t steps : {0U, 1U, 2U, 4U, 7U, 9U, 10U}) {
        SCOPED_TRACE(std::to_string(steps) + " steps");
        for (std::size_t n = 0; n < steps; ++n) {
            ASSERT_TRUE(database_.engine().native().run(planned_.session(), blueprint, n, budget).granted);
        }
        EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")).empty(), steps == 0);
        for (int twice = 0; twice < 2; ++twice) {
            EXPECT_TRUE(database_.engine().preparer().undo(planned_.session(), blueprint, budget).granted);
            EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")), "");
        }
    }
}

TEST_P(PlanNative, AnAbortDropsAnInvalidIndexOfItsOwnAndNobodyElses) {
    planned_.run({"INSERT INTO t VALUES (3, 1, 'one', 3)"});
    const std::string before = definition(planned_.session(), "public", "t");
    const Blueprint blueprint = planned_.plan("t", {"ADD CONSTRAINT twice UNIQUE (b)"});
    const LockBudget budget{Millis{300}, Millis{300}};
    EXPECT_THROW(planned_.run({"CREATE UNIQUE INDEX CONCURRENTLY twice ON t (b)"}), DatabaseError);
    EXPECT_TRUE(database_.engine().preparer().undo(planned_.session(), blueprint, budget).granted);
    EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")), "");
    planned_.run({"CREATE INDEX twice ON t (a)"}); // the name alone proves nothing
    const std::string with_another = definition(planned_.session(), "public", "t");
    EXPECT_TRUE(database_.engine().preparer().undo(planned_.session(), blueprint, budget).granted);
    EXPECT_EQ(difference(with_another, definition(planned_.session(), "public", "t")), "");
}

TEST_P(PlanNative, WideningGoesNativeOnlyWithoutAWayBack) {
    EXPECT_EQ(planned_.plan("t", {"ALTER b TYPE varchar(20)"}).strategy, Strategy::shadow);
    EXPECT_EQ(planned_.plan("t", {"DROP COLUMN b"}).strategy, Strategy::shadow);
    planned_.settings.keep_old.reset();
    EXPECT_EQ(planned_.plan("t", {"ALTER b TYPE varchar(20), ALTER c TYPE numeric(12,2)"}).strategy,
              Strategy::instant);
    EXPECT_EQ(planned_.plan("t", {"ALTER b TYPE varchar(5)"}).strategy, Strategy::shadow);
    EXPECT_EQ(planned_.plan("t", {"DROP COLUMN b"}).revert, RevertClass::irreversible);
}

TEST_P(PlanNative, AnAskedForStrategyThatIsNotPossibleIsRefused) {
    planned_.settings.strategy = StrategyChoice::instant;
    EXPECT_EQ(planned_.refusal("t", {"ALTER a TYPE bigint"})->code(), "strategy_not_possible");
    EXPECT_EQ(planned_.refusal("t", {"ADD CHECK (a > 0)"})->code(), "strategy_not_possible");
    planned_.settings.strategy = StrategyChoice::online;
    EXPECT_EQ(planned_.plan("t", {"ADD CHECK (a > 0)"}).strategy, Strategy::online);
}

} // namespace
} // namespace turntable::test
