// Clauses are taken apart by the grammar, columns are followed by attribute number.
#include <gtest/gtest.h>

#include "plan/clauses.hpp"
#include "plan/expressions.hpp"
#include "plan_support.hpp"

namespace turntable::test {
namespace {

using postgresql::ClauseStatement;
using postgresql::parse_clauses;

TEST(PlanClauses, KeepUsingApartInSpiteOfCommasAndParentheses) {
    const ClauseStatement parsed = parse_clauses("ALTER a TYPE numeric(10,2) USING coalesce(\"using\", "
                                                 "a[1]), -- a comment, USING\n ADD b text DEFAULT 'x, y'");
    ASSERT_EQ(parsed.clauses.size(), 2U);
    EXPECT_EQ(parsed.clauses[0].using_sql, " coalesce(\"using\", a[1])");
    EXPECT_EQ(parsed.clauses[1].name, "b");
}

TEST(PlanClauses, TakeForeignKeysOutOfAColumn) {
    const ClauseStatement parsed =
        parse_clauses("ADD c int DEFAULT 1 CONSTRAINT fk REFERENCES \"S\".p (\"X\") ON DELETE SET NULL "
                      "DEFERRABLE INITIALLY DEFERRED NOT NULL");
    ASSERT_EQ(parsed.clauses.size(), 1U);
    ASSERT_EQ(parsed.clauses[0].foreign_keys.size(), 1U);
    const auto& key = parsed.clauses[0].foreign_keys[0];
    EXPECT_EQ(key.name, "fk");
    EXPECT_EQ(key.referenced_schema, "S");
    EXPECT_EQ(key.referenced_columns, std::vector<std::string>{"X"});
    EXPECT_EQ(key.rest, " ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED");
    EXPECT_EQ(parsed.without_foreign_keys(), "ADD c int DEFAULT 1 NOT NULL");
}

TEST(PlanClauses, SubstituteColumnsByTheirPlaceInTheTree) {
    const auto meaning = [](const std::string& column) -> std::optional<std::string> {
        return column == "a" ? std::optional<std::string>{"x + 1"} : std::nullopt;
    };
    EXPECT_EQ(postgresql::substituted("a * t.a || 'a' || b.a(\"A\")", "t", meaning),
              "(x + 1) * (x + 1) || 'a' || b.a(\"A\")");
}

class PlanFollows : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
    Planned planned_{database_};

    // Of each shadow column: name and source, e.g. "b<-a".
    static std::string mapping(const Blueprint& blueprint) {
        std::string out;
        for (const MappedColumn& column : blueprint.columns) {
            out += (out.empty() ? "" : " ") + column.target + "<-" + column.forward_sql;
        }
        return out;
    }
};

INSTANTIATE_TEST_SUITE_P(Servers, PlanFollows, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanFollows);

TEST_P(PlanFollows, RenamesThatSwapTwoNames) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int, b int, c int)"});
    planned_.settings.strategy = StrategyChoice::shadow;
    const Blueprint blueprint =
        planned_.plan("t", {"RENAME a TO x", "RENAME b TO a", "RENAME x TO b",
                            "ALTER a TYPE bigint USING a * 10 + b", "DROP c", "ADD c text DEFAULT 'new'"});
    EXPECT_EQ(mapping(blueprint),
              "id<-\"id\" b<-\"a\" a<-(((\"b\" * 10) + \"a\"))::bigint c<-('new'::text)::text");
    EXPECT_EQ(blueprint.dropped_columns, std::vector<std::string>{"c"});
    EXPECT_FALSE(blueprint.columns[1].identity);
}

TEST_P(PlanFollows, HostileNames) {
    planned_.run(
        {R"(CREATE SCHEMA "Scha ""ma")",
         R"(CREATE TABLE "Scha ""ma"."select ""x"" ; --" ("ID" bigint PRIMARY KEY, "user" int, "a""b" int, "größe €" int, "$1" text))",
         R"(INSERT INTO "Scha ""ma"."select ""x"" ; --" VALUES (1, 2, 3, 4, 'five'))"});
    ChangeRequest request;
    request.table = {"Scha \"ma", "select \"x\" ; --"};
    request.alter_clauses = {R"(ALTER "user" TYPE bigint USING "a""b" + "größe €" + 1, RENAME)"};
    EXPECT_EQ(planned_.refusal(request)->code(), "bad_sql");
    request.alter_clauses = {
        R"(ALTER "user" TYPE bigint USING "a""b" + "größe €" + 1, ALTER "$1" SET NOT NULL)",
        R"(RENAME "größe €" TO "naïve ""0""")"};
    const Blueprint blueprint = planned_.plan(request);
    const std::string before = all_objects(planned_.session());
    carry_out(planned_.session(), blueprint);
    EXPECT_EQ(
        planned_.session()
            .run(R"(SELECT concat_ws(' ', "user", "naïve ""0""", "$1") FROM "Scha ""ma"."select ""x"" ; --")")
            .only(),
        "8 4 five");
    carry_back(planned_.session(), blueprint);
    EXPECT_EQ(planned_.session()
                  .run(R"(SELECT concat_ws(' ', "user", "größe €") FROM "Scha ""ma"."select ""x"" ; --")")
                  .only(),
              "2 4");
}

TEST_P(PlanFollows, ADefaultEvaluatedOnceAndOneLeftToEachRow) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY)"});
    planned_.settings.strategy = StrategyChoice::shadow;
    const Blueprint blueprint =
        planned_.plan("t", {"ADD a timestamptz DEFAULT now(), ADD b uuid DEFAULT gen_random_uuid()",
                            "ADD c int DEFAULT 5", "ALTER c DROP DEFAULT"});
    EXPECT_TRUE(blueprint.columns[1].compared);
    EXPECT_EQ(blueprint.columns[1].forward_sql.find("now"), std::string::npos);
    EXPECT_FALSE(blueprint.columns[2].compared);
    EXPECT_EQ(blueprint.columns[3].forward_sql, "(5)::integer");
    EXPECT_GE(blueprint.notes.size(), 2U);
}

TEST_P(PlanFollows, AssignmentsRefuseWhatCastsWouldCut) {
    planned_.run({"CREATE TABLE t (id bigint PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 'too long')"});
    const Blueprint blueprint = planned_.plan("t", {"ALTER a TYPE varchar(3)"});
    EXPECT_THROW(carry_out(planned_.session(), blueprint), DatabaseError);
    const postgresql::Detail detail = postgresql::detail_of(blueprint);
    ASSERT_EQ(detail.row_rules.size(), 1U);
    EXPECT_EQ(detail.row_rules[0].rule, "length");
    EXPECT_EQ(planned_.session()
                  .run("SELECT count(*) FROM public.t WHERE " + detail.row_rules[0].violated_sql)
                  .only_integer(),
              1);
}

} // namespace
} // namespace turntable::test
