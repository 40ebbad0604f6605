// PostgreSQL's clauses through a shadow: catalogue and data are what the server's own ALTER TABLE makes of a
// twin in another database; what is refused is refused by name and nothing is touched.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "conformance/cases.hpp"
#include "conformance/clause_cases.hpp"
#include "support/catalog_image.hpp"
#include "support/depth.hpp"
#include "support/test_database.hpp"
#include "support/tool.hpp"

namespace turntable::test {
namespace {

// What only these clauses can change, and the other tests' image of the catalogue leaves out.
std::vector<std::string> further_queries() {
    return {
        "SELECT 'sequence ' || sequencename || ' ' || data_type || ' from ' || start_value || ' by ' || "
        "increment_by || ' to ' || max_value || ' cache ' || cache_size || ' cycle ' || cycle || ' at ' || "
        "coalesce(last_value::text, 'start') FROM pg_sequences WHERE schemaname = 'public'",
        "SELECT 'row trigger of ' || coalesce(c.conname, t.tgname) || ' ' || t.tgfoid::regproc || ' on ' || "
        "t.tgrelid::regclass || ' ' || t.tgenabled::text || t.tgdeferrable || t.tginitdeferred FROM "
        "pg_trigger t LEFT JOIN pg_constraint c ON c.oid = t.tgconstraint",
        "SELECT 'toast of ' || c.relname || ' ' || coalesce(x.reloptions::text, '') FROM pg_class c JOIN "
        "pg_class x ON x.oid = c.reltoastrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname "
        "= 'public'",
        "SELECT 'compression of ' || c.relname || '.' || a.attname || ' ' || a.attcompression::text || ' "
        "inherited ' || a.attislocal || a.attinhcount FROM pg_attribute a JOIN pg_class c ON c.oid = "
        "a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND a.attnum > "
        "0 AND NOT a.attisdropped AND c.relkind = 'r'",
        "SELECT 'names ' || k.conname || ' ' || k.connoinherit || k.condeferrable || k.condeferred || "
        "coalesce(nullif(k.conindid, 0)::regclass::text, '') FROM pg_constraint k JOIN pg_namespace n ON "
        "n.oid = k.connamespace WHERE n.nspname = 'public'"};
}

std::vector<std::string> whole_image(TestDatabase& database) {
    std::vector<std::string> image = catalog_image(database.flavor(), database.client());
    for (const std::string& query : further_queries()) {
        for (const auto& row : database.client().query(query).rows) {
            image.push_back(row[0].value_or("(null line) " + query));
        }
    }
    std::ranges::sort(image);
    return image;
}

// Every row's text; a column whose values come by a row's place is a line of its own, sorted.
std::vector<std::string> data_of(TestDatabase& database, const std::vector<std::string>& by_place) {
    std::string compared, loose;
    for (const auto& row :
         database.client()
             .query("SELECT attname FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0 "
                    "AND NOT attisdropped ORDER BY attnum")
             .rows) {
        const bool apart = std::ranges::find(by_place, *row[0]) != by_place.end();
        (apart ? loose : compared) += ((apart ? loose : compared).empty() ? "" : ", ") + *row[0];
    }
    std::vector<std::string> lines;
    for (const auto& row :
         database.client().query("SELECT ROW(" + compared + ")::text FROM public.t ORDER BY id").rows) {
        lines.push_back(*row[0]);
    }
    for (const std::string& column : by_place) {
        lines.push_back(database.client().cell("SELECT string_agg(" + column + "::text, ' ' ORDER BY " +
                                               column + ") FROM public.t"));
    }
    return lines;
}

struct Group {
    Server server;
    std::string name;
    std::vector<ClauseCase> cases;
};
void PrintTo(const Group& group, std::ostream* out) {
    *out << group.server.name << ", " << group.name;
}

class Clauses : public testing::TestWithParam<Group> {
  protected:
    static void make_table(TestDatabase& database) {
        database.exec(clause_surroundings());
        database.exec(table_for(GetParam().cases));
    }
    static bool changes_nothing() {
        return std::ranges::all_of(GetParam().cases, &ClauseCase::changes_nothing);
    }
};

TEST_P(Clauses, LeaveWhatTheServersOwnAlterLeaves) {
    const std::vector<std::string> clauses = clauses_of(GetParam().cases);
    TestDatabase native{GetParam().server};
    make_table(native);
    const auto before = whole_image(native);
    for (const std::string& clause : clauses) {
        native.exec({"ALTER TABLE public.t " + clause});
    }
    const auto wanted = whole_image(native);
    EXPECT_EQ(wanted != before, !changes_nothing()) << "a case that shows nothing";

    TestDatabase database{GetParam().server};
    make_table(database);
    std::vector<std::string> arguments{"alter",      "public.t", "--strategy", "shadow",
                                       "--keep-old", "none",     "--execute",  "--yes"};
    for (const std::string& clause : clauses) {
        arguments.insert(arguments.end(), {"--alter", clause});
    }
    const ToolRun run = Tool{database.url()}.json(arguments);
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.json().value("strategy", ""), changes_nothing() ? "nothing" : "shadow") << run.text();
    EXPECT_THAT(image_changes(wanted, whole_image(database)), testing::IsEmpty());
    const auto by_place = by_place_of(GetParam().cases);
    const auto rows = data_of(database, by_place);
    EXPECT_EQ(rows.size(), 300U + by_place.size());
    EXPECT_EQ(rows, data_of(native, by_place));
}

bool on_postgresql(const Server& server) {
    return flavor_of(server) == Flavor::postgres;
}

// All cases in a few tables; at full depth also each alone, and on every server.
std::vector<Group> groups() {
    std::vector<Group> list;
    for (const Server& server : servers()) {
        if (!on_postgresql(server) || (server.name != "pg15" && !full_depth())) {
            continue;
        }
        std::vector<std::vector<ClauseCase>> together;
        for (const ClauseCase& one : clause_cases()) {
            together.resize(std::max(together.size(), static_cast<std::size_t>(one.table) + 1));
            together[static_cast<std::size_t>(one.table)].push_back(one);
            if (full_depth()) {
                list.push_back({server, one.name, {one}});
            }
        }
        for (std::size_t i = 0; i < together.size(); ++i) {
            list.push_back({server, "together_" + std::to_string(i), together[i]});
        }
    }
    return list;
}

INSTANTIATE_TEST_SUITE_P(Servers, Clauses, testing::ValuesIn(groups()), [](const auto& tested) {
    return tested.param.server.name + "_" + tested.param.name;
});
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Clauses);

class RefusedClauses : public testing::TestWithParam<Server> {};

TEST_P(RefusedClauses, AreNamedAndNothingIsTouched) {
    TestDatabase database{GetParam()};
    database.exec(clause_surroundings());
    database.exec(table_for({}));
    const auto before = whole_image(database);
    const auto rows = data_of(database, {});
    const Tool tool{database.url()};
    for (const RefusedClause& refused : refused_clauses()) {
        SCOPED_TRACE(refused.clause);
        const ToolRun run = tool.json(
            {"alter", "public.t", "--alter", refused.clause, "--strategy", "shadow", "--execute", "--yes"});
        EXPECT_EQ(run.exit_code, refused.exit_code) << run.text();
        EXPECT_THAT(run.err, testing::HasSubstr(refused.naming)) << run.text();
    }
    EXPECT_EQ(whole_image(database), before);
    EXPECT_EQ(data_of(database, {}), rows);
    EXPECT_EQ(tool.jobs().size(), 0U) << "a refused clause is no job";
}

std::vector<Server> servers_of_refusals() {
    std::vector<Server> list = servers();
    std::erase_if(list, [](const Server& server) {
        return !on_postgresql(server) || (server.name != "pg15" && !full_depth());
    });
    return list;
}

INSTANTIATE_TEST_SUITE_P(Servers, RefusedClauses, testing::ValuesIn(servers_of_refusals()),
                         [](const auto& tested) { return tested.param.name; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RefusedClauses);

} // namespace
} // namespace turntable::test
