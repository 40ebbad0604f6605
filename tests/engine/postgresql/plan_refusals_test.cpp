// What is refused is refused by name, before anything is touched, and leaves nothing behind.
#include <gtest/gtest.h>

#include "plan_support.hpp"

namespace turntable::test {
namespace {

class PlanRefuses : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
    Planned planned_{database_};

    void expect_refused(const std::string& table, const std::vector<std::string>& clauses, ErrorKind kind,
                        const std::string& code, const std::string& named) {
        const std::string before = all_objects(planned_.session());
        const auto error = planned_.refusal(table, clauses);
        EXPECT_EQ(difference(before, all_objects(planned_.session())), "");
        ASSERT_TRUE(error.has_value()) << code;
        EXPECT_EQ(error->code(), code) << error->what();
        EXPECT_EQ(error->kind(), kind) << error->what();
        EXPECT_NE(std::string{error->what()}.find(named), std::string::npos) << error->what();
    }
    void expect_refused(const std::string& code, const std::string& named) {
        expect_refused("public.t", {"ALTER a TYPE bigint"}, ErrorKind::refused, code, named);
    }
    void make_table() { planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int)"}); }
};

INSTANTIATE_TEST_SUITE_P(Servers, PlanRefuses, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanRefuses);

TEST_P(PlanRefuses, NothingAndLeavesNothingWhenItPlans) {
    make_table();
    const std::string before = all_objects(planned_.session());
    EXPECT_EQ(planned_.plan("t", {"ALTER a TYPE bigint"}).strategy, Strategy::shadow);
    EXPECT_EQ(difference(before, all_objects(planned_.session())), "");
}

TEST_P(PlanRefuses, AnUnknownTableOrColumn) {
    make_table();
    expect_refused("public.nope", {"ADD x int"}, ErrorKind::usage, "unknown_table", "public.nope");
    expect_refused("t", {"DROP COLUMN nope"}, ErrorKind::usage, "unknown_column", "nope");
    expect_refused("t", {"ALTER a TYPE int USING nope + 1"}, ErrorKind::usage, "bad_expression", "nope");
    expect_refused("t", {"ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES nope"}, ErrorKind::usage,
                   "unknown_table", "nope");
}

TEST_P(PlanRefuses, InTheServersWordsWithoutTheNameOfTheClone) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a + 1) STORED)"});
    const auto error = planned_.refusal("t", {"DROP COLUMN a"});
    ASSERT_TRUE(error.has_value());
    EXPECT_NE(std::string{error->what()}.find("column a of table t"), std::string::npos) << error->what();
    EXPECT_EQ(std::string{error->what()}.find("turntable_plan"), std::string::npos) << error->what();
}

TEST_P(PlanRefuses, ATableWithoutAUsableKey) {
    planned_.run({"CREATE TABLE t (a int, b int UNIQUE)", "CREATE UNIQUE INDEX part ON t (a) WHERE a > 0"});
    expect_refused("no_usable_key", "t_b_key: column b may be NULL");
    planned_.run({"DROP TABLE t", "CREATE TABLE t (a int PRIMARY KEY)"});
    expect_refused("t", {"ALTER a TYPE int USING a / 2"}, ErrorKind::refused, "no_usable_key",
                   "two keys to one");
    expect_refused("t", {"DROP CONSTRAINT t_pkey, ALTER a TYPE bigint"}, ErrorKind::refused, "no_usable_key",
                   "no unique index");
}

TEST_P(PlanRefuses, InboundForeignKeys) {
    make_table();
    planned_.run({"CREATE TABLE child (id int PRIMARY KEY, t bigint CONSTRAINT to_t REFERENCES t)"});
    expect_refused("inbound_foreign_key", "to_t of public.child");
}

TEST_P(PlanRefuses, ForeignKeysOfItsOwnWhereTheOptionSaysSo) {
    make_table();
    planned_.run({"CREATE TABLE parent (id int PRIMARY KEY)",
                  "ALTER TABLE t ADD CONSTRAINT to_parent FOREIGN KEY (a) REFERENCES parent"});
    planned_.settings.foreign_keys = ForeignKeyChoice::refuse;
    expect_refused("foreign_keys", "to_parent");
}

TEST_P(PlanRefuses, ViewsRulesAndFunctionsBoundToIt) {
    make_table();
    planned_.run({"CREATE VIEW v AS SELECT id FROM t"});
    expect_refused("dependent_view", "view public.v");
    planned_.run({"DROP VIEW v", "CREATE MATERIALIZED VIEW m AS SELECT id FROM t"});
    expect_refused("dependent_view", "materialized view public.m");
    planned_.run({"DROP MATERIALIZED VIEW m", "CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING"});
    expect_refused("dependent_view", "rule of public.t");
    planned_.run({"DROP RULE r ON t",
                  "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(id) FROM t; END"});
    expect_refused("dependent_object", "function public.f()");
    planned_.run({"DROP FUNCTION f()", "CREATE FUNCTION g(t) RETURNS int LANGUAGE sql AS 'SELECT 1'"});
    expect_refused("dependent_object", "function public.g");
    planned_.run({"DROP FUNCTION g(t)", "CREATE TABLE other (x t[])"});
    expect_refused("dependent_object", "column x of table public.other");
}

TEST_P(PlanRefuses, OtherKindsOfTables) {
    planned_.run({"CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY RANGE (id)",
                  "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9)",
                  "CREATE TABLE parent (id int PRIMARY KEY, a int)", "CREATE TABLE heir () INHERITS (parent)",
                  "CREATE UNLOGGED TABLE u (id int PRIMARY KEY, a int)", "CREATE VIEW v AS SELECT 1 AS a",
                  "CREATE TYPE composite AS (id int, a int)",
                  "CREATE TABLE typed OF composite (PRIMARY KEY (id))"});
    const auto kind = [&](const std::string& table, const std::string& code, const std::string& named) {
        expect_refused(table, {"ALTER a TYPE bigint"}, ErrorKind::refused, code, named);
    };
    kind("p", "unsupported_kind", "partitioned");
    kind("p1", "inheritance", "a partition of public.p");
    kind("parent", "inheritance", "public.heir");
    kind("heir", "inheritance", "public.parent");
    kind("u", "unsupported_kind", "unlogged");
    kind("v", "unsupported_kind", "view");
    kind("typed", "unsupported_kind", "typed");
    kind("pg_catalog.pg_class", "system_catalog", "pg_class");
}

TEST_P(PlanRefuses, Publications) {
    make_table();
    planned_.run({"CREATE PUBLICATION pub FOR TABLE t"});
    expect_refused("publication", "pub");
    planned_.run({"DROP PUBLICATION pub", "CREATE PUBLICATION everything FOR ALL TABLES"});
    expect_refused("publication", "everything (FOR ALL TABLES)");
    planned_.run({"DROP PUBLICATION everything", "CREATE PUBLICATION s FOR TABLES IN SCHEMA turntable"});
    expect_refused("publication", "s (FOR TABLES IN SCHEMA turntable)");
}

TEST_P(PlanRefuses, ATableThatASubscriptionFills) {
    ScratchDatabase publisher{GetParam()};
    const auto session = publisher.application();
    session->run("CREATE TABLE t (id bigint PRIMARY KEY, a int)");
    session->run("CREATE PUBLICATION pub FOR TABLE t");
    make_table();
    const Url url = publisher.url();
    planned_.run({"CREATE SUBSCRIPTION \"In\" CONNECTION 'host=" + url.host +
                  " port=" + std::to_string(url.port) + " user=" + url.user + " dbname=" + url.database +
                  "' PUBLICATION pub WITH (create_slot = false, slot_name = NONE, enabled = false, copy_data "
                  "= false)"});
    expect_refused("subscription", "\"In\"");
    planned_.run({"DROP SUBSCRIPTION \"In\""});
    EXPECT_EQ(planned_.plan("t", {"ALTER a TYPE bigint"}).strategy, Strategy::shadow);
}

TEST_P(PlanRefuses, ATableOfAnotherAccessMethodAndATemporaryOne) {
    planned_.run({"CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler",
                  "CREATE TABLE t (id bigint PRIMARY KEY, a int) USING other_heap"});
    expect_refused("unsupported_kind", "the access method other_heap");
    planned_.session().run("CREATE TEMP TABLE passing (id bigint PRIMARY KEY, a int)");
    expect_refused("passing", {"ALTER a TYPE bigint"}, ErrorKind::refused, "unsupported_kind", "temporary");
}

TEST_P(PlanRefuses, WhatItCannotCarryOver) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int, r int4range, CONSTRAINT apart EXCLUDE USING "
                  "gist (r WITH &&))"});
    expect_refused("exclusion_constraint", "apart");
    planned_.run({"ALTER TABLE t DROP CONSTRAINT apart", "INSERT INTO t VALUES (1, 1), (2, 1)"});
    EXPECT_THROW(planned_.run({"CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"}), DatabaseError);
    expect_refused("invalid_index", "broken");
    planned_.run({"DROP INDEX broken", "ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (a) REFERENCES t",
                  "ALTER TABLE t DISABLE TRIGGER ALL"});
    expect_refused("disabled_foreign_key", "self");
}

TEST_P(PlanRefuses, EventTriggers) {
    make_table();
    planned_.run({"CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
                  "''fired''; END'",
                  "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION e()"});
    expect_refused("event_trigger", "watch");
    planned_.run({"ALTER EVENT TRIGGER watch DISABLE"});
}

TEST_P(PlanRefuses, MissingPrivileges) {
    make_table();
    planned_.run({"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tt_app') THEN CREATE "
                  "ROLE tt_app LOGIN; END IF; END $$"});
    Planned app{database_, "tt_app"};
    auto error = app.refusal("public.t", {"ALTER a TYPE bigint"});
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->kind(), ErrorKind::connection);
    EXPECT_NE(std::string{error->what()}.find("does not own"), std::string::npos) << error->what();
    planned_.run({"ALTER TABLE t OWNER TO tt_app"});
    error = app.refusal("public.t", {"ALTER a TYPE bigint"});
    ASSERT_TRUE(error.has_value());
    EXPECT_NE(std::string{error->what()}.find("schema turntable"), std::string::npos) << error->what();
    planned_.run(
        {"GRANT CREATE, USAGE ON SCHEMA turntable TO tt_app", "GRANT CREATE ON SCHEMA public TO tt_app"});
    EXPECT_EQ(app.plan("public.t", {"ALTER a TYPE bigint"}).strategy, Strategy::shadow);
    planned_.run({"ALTER TABLE t FORCE ROW LEVEL SECURITY", "ALTER TABLE t ENABLE ROW LEVEL SECURITY"});
    error = app.refusal("public.t", {"ALTER a TYPE bigint"});
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), "row_security");
}

TEST_P(PlanRefuses, ValuesThatDifferEachTime) {
    make_table();
    expect_refused("t", {"ALTER a TYPE int USING (random() * a)::int"}, ErrorKind::refused,
                   "volatile_expression", "random()");
    expect_refused("t", {"ALTER a TYPE int USING a + extract(epoch FROM now())::int"}, ErrorKind::refused,
                   "volatile_expression", "now()");
    planned_.run({"CREATE FUNCTION lookup(int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1'"});
    expect_refused("t", {"ALTER a TYPE int USING public.lookup(a)"}, ErrorKind::refused,
                   "volatile_expression", "lookup");
}

TEST_P(PlanRefuses, ClausesItDoesNotKnow) {
    make_table();
    for (const char* const clause : {"OWNER TO postgres", "SET UNLOGGED", "INHERIT other", "SET SCHEMA other",
                                     "RENAME TO other", "ADD EXCLUDE USING gist (a WITH =)"}) {
        expect_refused("t", {clause}, ErrorKind::refused, "clause_not_supported", clause);
    }
    for (const char* const clause : {"ADD x int; DROP TABLE t", ".u ADD x int", "ADD x int;"}) {
        expect_refused("t", {clause}, ErrorKind::usage, "bad_clause", clause);
    }
    expect_refused("t", {"ADD x int, nonsense"}, ErrorKind::usage, "bad_sql", "nonsense");
    expect_refused("t", {"ADD " + std::string(64, 'x') + " int"}, ErrorKind::usage, "name_too_long", "63");
}

TEST_P(PlanRefuses, AConstantMeantForTheOldUnit) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, amount double precision CONSTRAINT dear CHECK "
                  "(amount < 1000.5))"});
    ChangeRequest request;
    request.table = {"public", "t"};
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.into = "amount_cents";
    request.conversions = {cents};
    const auto error = planned_.refusal(request);
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), "constant_in_old_unit");
    request.alter_clauses = {"DROP CONSTRAINT dear, ADD CONSTRAINT dear CHECK (amount_cents < 100050)"};
    EXPECT_EQ(planned_.plan(request).columns.at(1).target, "amount_cents");
}

} // namespace
} // namespace turntable::test
