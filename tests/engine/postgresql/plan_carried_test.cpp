// Everything that hangs on a table survives the swap, and the revert gives back exactly what was there.
#include <gtest/gtest.h>

#include "plan_support.hpp"

namespace turntable::test {
namespace {

class PlanCarries : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
    Planned planned_{database_};

    // Swaps the shadow in and back, and compares by a query of its own.
    void expect_carried(const std::string& table, const std::vector<std::string>& clauses,
                        const std::string& expected_difference) {
        planned_.settings.strategy = StrategyChoice::shadow;
        const std::string before = definition(planned_.session(), "public", table);
        const Blueprint blueprint = planned_.plan("public." + table, clauses);
        ASSERT_EQ(blueprint.strategy, Strategy::shadow);
        carry_out(planned_.session(), blueprint);
        EXPECT_EQ(difference(before, definition(planned_.session(), "public", table)), expected_difference);
        expect_as_planned(blueprint, Planner::Moment::swapped);
        carry_back(planned_.session(), blueprint);
        EXPECT_EQ(difference(before, definition(planned_.session(), "public", table)), "");
        expect_as_planned(blueprint, Planner::Moment::reverted);
    }

    void expect_as_planned(const Blueprint& blueprint, Planner::Moment moment) {
        const auto unexpected =
            database_.engine().planner().unexpected_changes(planned_.session(), blueprint, moment);
        EXPECT_TRUE(unexpected.empty()) << unexpected.front();
    }
};

INSTANTIATE_TEST_SUITE_P(Servers, PlanCarries, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanCarries);

TEST_P(PlanCarries, ConstraintsIndexesAndTheirNames) {
    planned_.run({
        "CREATE TABLE accounts (id bigint PRIMARY KEY)",
        R"(CREATE TABLE t (id bigint, account bigint CONSTRAINT "Fk" REFERENCES accounts ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE,
           parent bigint, a text, b text, n int NOT NULL,
           CONSTRAINT "Key" PRIMARY KEY (id), CONSTRAINT n_unique UNIQUE (n) DEFERRABLE INITIALLY DEFERRED,
           CONSTRAINT ab UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (n), CONSTRAINT positive CHECK (n > 0)))",
        "ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (parent) REFERENCES t",
        "ALTER TABLE t ADD CONSTRAINT small CHECK (n < 100) NOT VALID",
        "ALTER TABLE t ADD CONSTRAINT loose FOREIGN KEY (id) REFERENCES accounts NOT VALID",
        "CREATE INDEX \"Mixed Case\" ON t (lower(a) text_pattern_ops DESC NULLS LAST, b COLLATE \"C\") WHERE "
        "n > 5",
        "CREATE INDEX hashed ON t USING hash (a)",
        "CREATE INDEX filled ON t (b) WITH (fillfactor = 50)",
        "ALTER INDEX \"Mixed Case\" ALTER COLUMN 1 SET STATISTICS 77",
        "COMMENT ON INDEX hashed IS 'it''s \\ hashed'",
        "COMMENT ON CONSTRAINT n_unique ON t IS 'deferred'",
        "COMMENT ON CONSTRAINT \"Fk\" ON t IS 'a parent'",
        "COMMENT ON CONSTRAINT positive ON t IS 'positive'",
        "ALTER TABLE t CLUSTER ON filled",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX \"Key\"",
        "INSERT INTO accounts VALUES (1)",
        "INSERT INTO t VALUES (1, 1, 1, 'a', NULL, 5)",
    });
    expect_carried("t", {"ADD COLUMN extra int"},
                   "- order id,account,parent,a,b,n\n+ column extra integer false   p  -1 - - - - - -\n"
                   "+ order id,account,parent,a,b,n,extra\n");
}

TEST_P(PlanCarries, ColumnsWithTheirSettings) {
    planned_.run({
        R"(CREATE TABLE t (id bigint PRIMARY KEY, a text COLLATE "C" DEFAULT 'x\y' || E'\n', b numeric(10,2) NOT NULL DEFAULT 1.5,
           c text COMPRESSION pglz, d jsonb DEFAULT '{"a": 1}', g int GENERATED ALWAYS AS (length(a) * 2) STORED,
           "UPPER ""quoted""" int[], dropped int, e timestamptz DEFAULT now()) WITH (fillfactor = 70, toast.autovacuum_enabled = off))",
        "ALTER TABLE t DROP COLUMN dropped",
        "ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER d SET STORAGE MAIN, ALTER b SET STATISTICS 321,"
        " ALTER b SET (n_distinct = -0.5)",
        "COMMENT ON TABLE t IS 'it''s'",
        "COMMENT ON COLUMN t.\"UPPER \"\"quoted\"\"\" IS E'two\\nlines'",
        "CREATE STATISTICS st (ndistinct, mcv) ON a, b FROM t",
        "ALTER STATISTICS st SET STATISTICS 55",
        "COMMENT ON STATISTICS st IS 'together'",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tt_reader') THEN CREATE ROLE "
        "tt_reader; END IF; END $$",
        "ALTER STATISTICS st OWNER TO tt_reader",
        "INSERT INTO t (id) VALUES (1)",
    });
    expect_carried("t", {"DROP COLUMN c"},
                   "- column c text false   x p -1 - default - - - -\n"
                   "- order id,a,b,c,d,g,UPPER \"quoted\",e\n+ order id,a,b,d,g,UPPER \"quoted\",e\n");
    planned_.run({"DROP OWNED BY tt_reader"}); // another test's database drops its own
}

TEST_P(PlanCarries, OwnerGrantsPoliciesAndTriggers) {
    planned_.run({
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tt_reader') THEN CREATE ROLE "
        "tt_reader; END IF; IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tt_owner') THEN CREATE ROLE "
        "tt_owner; END IF; END $$",
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int)",
        "ALTER TABLE t OWNER TO tt_owner",
        "GRANT SELECT ON t TO PUBLIC",
        "GRANT INSERT, DELETE ON t TO tt_reader WITH GRANT OPTION",
        "GRANT UPDATE (a), REFERENCES (b) ON t TO tt_reader",
        "REVOKE TRUNCATE ON t FROM tt_owner",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "CREATE POLICY \"P\" ON t AS RESTRICTIVE FOR UPDATE TO tt_reader, tt_owner USING (a > 5) WITH CHECK "
        "(b < 7)",
        "CREATE POLICY everybody ON t USING (true)",
        "COMMENT ON POLICY everybody ON t IS 'all'",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER \"T 1\" BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE "
        "FUNCTION f('x', 'it''s')",
        "CREATE TRIGGER off AFTER DELETE ON t REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE "
        "FUNCTION f()",
        "CREATE TRIGGER replica AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TRIGGER always BEFORE TRUNCATE ON t EXECUTE FUNCTION f()",
        "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION f()",
        "ALTER TABLE t DISABLE TRIGGER off",
        "ALTER TABLE t ENABLE REPLICA TRIGGER replica",
        "ALTER TABLE t ENABLE ALWAYS TRIGGER always",
        "COMMENT ON TRIGGER off ON t IS 'silent'",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO tt_reader",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO PUBLIC",
    });
    const Blueprint unused = planned_.plan("public.t", {"ALTER a TYPE bigint"});
    EXPECT_EQ(unused.strategy, Strategy::shadow);
    const std::string before = definition(planned_.session(), "public", "t");
    carry_out(planned_.session(), unused);
    const std::string changed = difference(before, definition(planned_.session(), "public", "t"));
    EXPECT_EQ(changed.find("table owner"), std::string::npos) << changed;
    EXPECT_EQ(changed.find("trigger off"), std::string::npos) << changed;
    EXPECT_EQ(changed.find("+ column a bigint"), changed.find("+ ")) << changed;
    expect_as_planned(unused, Planner::Moment::swapped);
    carry_back(planned_.session(), unused);
    EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")), "");
    planned_.run({"ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM tt_reader",
                  "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON SEQUENCES FROM PUBLIC"});
}

TEST_P(PlanCarries, SequencesWithoutAGapBackwards) {
    planned_.run({
        "CREATE TABLE t (id bigserial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 3), "
        "a int)",
        "COMMENT ON SEQUENCE t_n_seq IS 'threes'",
        "GRANT USAGE ON SEQUENCE t_n_seq TO PUBLIC",
        "INSERT INTO t (a) VALUES (1), (2), (3)",
    });
    const std::string before = definition(planned_.session(), "public", "t");
    planned_.settings.strategy = StrategyChoice::shadow;
    const Blueprint blueprint = planned_.plan("t", {"ALTER a TYPE bigint"});
    carry_out(planned_.session(), blueprint);
    planned_.run({"INSERT INTO t (a) VALUES (4)"});
    EXPECT_EQ(planned_.session().run("SELECT concat_ws(' ', id, n) FROM public.t WHERE a = 4").only(),
              "4 16");
    carry_back(planned_.session(), blueprint);
    planned_.run({"INSERT INTO t (a) VALUES (5)"});
    EXPECT_EQ(planned_.session().run("SELECT concat_ws(' ', id, n) FROM public.t WHERE a = 5").only(),
              "5 19");
    EXPECT_EQ(difference(before, definition(planned_.session(), "public", "t")), "");
}

TEST_P(PlanCarries, NewSerialAndIdentityColumns) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)"});
    const Blueprint blueprint =
        planned_.plan("t", {"ADD COLUMN s serial, ADD COLUMN i int GENERATED ALWAYS AS IDENTITY"});
    carry_out(planned_.session(), blueprint);
    expect_as_planned(blueprint, Planner::Moment::swapped);
    planned_.run({"INSERT INTO t (id) VALUES (3)"});
    EXPECT_EQ(planned_.session()
                  .run("SELECT concat_ws(' ', s, i, pg_get_serial_sequence('public.t', 's')) FROM public.t "
                       "WHERE id = 3")
                  .only(),
              "3 3 public.t_s_seq");
}

} // namespace
} // namespace turntable::test
