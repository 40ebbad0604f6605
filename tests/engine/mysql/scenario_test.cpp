// Runs every scenario on every server it is for: the job under concurrent writes, against a twin that
// receives the same writes and is then altered by the server itself.
#include <gtest/gtest.h>

#include <algorithm>

#include <filesystem>

#include "change/parse.hpp"
#include "on_both_servers.hpp"
#include "scenario.hpp"

namespace turntable::test {
namespace {

struct Case {
    std::string path;
    Server server;
};

void PrintTo(const Case& value, std::ostream* out) {
    *out << value.path << " on " << value.server.name;
}

std::vector<Case> cases() {
    std::vector<Case> found;
    for (const std::string& path : scenario_paths()) {
        const std::string servers = read_scenario(path).servers;
        for (const Server& server : mysql_servers()) {
            if (servers == "both" || servers == server.name) {
                found.push_back({path, server});
            }
        }
    }
    return found;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    std::string name = std::filesystem::path{info.param.path}.stem().string() + "_" + info.param.server.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

// The statement with t replaced by the twin: the table is written as `t` in backquotes in every scenario.
std::string for_twin(std::string statement) {
    for (auto at = statement.find("`t`"); at != std::string::npos; at = statement.find("`t`", at)) {
        statement.replace(at, 3, "`twin`");
    }
    return statement;
}

std::string with_number(std::string statement, unsigned random) {
    for (auto at = statement.find("{n}"); at != std::string::npos; at = statement.find("{n}", at)) {
        statement.replace(at, 3, std::to_string(random % 1000));
    }
    return statement;
}

class ScenarioTest : public testing::TestWithParam<Case> {
  protected:
    Lab lab{GetParam().server.url};
    Scenario scenario = read_scenario(GetParam().path);

    [[nodiscard]] ChangeRequest request() const {
        ChangeRequest request = turntable::test::change("t", scenario.alter);
        for (const std::string& text : scenario.convert) {
            request.conversions.push_back(turntable::change::parse_conversion(text));
        }
        return request;
    }

    [[nodiscard]] Settings settings() const {
        Settings settings;
        settings.strategy = scenario.choose == "auto" ? StrategyChoice::automatic : StrategyChoice::shadow;
        return settings;
    }

    // Every column of every row, byte by byte, by the count of each distinct row in both tables together.
    void expect_same_rows() {
        const ResultSet columns = lab.sql(
            "SELECT REPLACE(COLUMN_NAME, '`', '``') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
            "DATABASE() AND TABLE_NAME = 'twin' ORDER BY ORDINAL_POSITION");
        std::string list, selected;
        for (const auto& row : columns.rows) {
            list += (list.empty() ? "`" : ", `") + row[0].value_or("") + "`";
            selected += (selected.empty() ? "" : ", ") + std::string{"HEX(`"} + row[0].value_or("") +
                        "`) AS `" + row[0].value_or("") + "`";
        }
        const ResultSet odd = lab.sql("SELECT MIN(side), " + list + " FROM (SELECT 't' AS side, " + selected +
                                      " FROM t UNION ALL SELECT "
                                      "'twin', " +
                                      selected + " FROM twin) AS both_sides GROUP BY " + list +
                                      " HAVING SUM(side = 't') <> SUM(side = 'twin') LIMIT 5");
        for (const auto& row : odd.rows) {
            std::string text;
            for (const Cell& cell : row) {
                text += cell.value_or("NULL") + " | ";
            }
            ADD_FAILURE() << "only or differently in: " << text;
        }
    }

    void run_job() {
        lab.sql("CREATE TABLE gate (id INT PRIMARY KEY)");
        lab.sql("INSERT INTO gate VALUES (1)");
        std::unique_ptr<Writers> writers;
        if (!scenario.during.empty()) {
            writers = std::make_unique<Writers>(lab, 2, [this](Session& session, unsigned random) {
                const std::string& pattern = scenario.during[random / 1000 % scenario.during.size()];
                const std::string statement = with_number(pattern, random);
                // One write at a time, or the same statement could meet other rows in the table than in its
                // twin.
                session.run("SELECT id FROM gate WHERE id = 1 FOR UPDATE");
                session.run(statement);
                session.run(for_twin(statement));
            });
        }
        const Blueprint blueprint = lab.plan(request(), settings());
        if (!scenario.strategy.empty()) {
            EXPECT_EQ(to_string(blueprint.strategy), scenario.strategy) << blueprint.strategy_reason;
        }
        const run::Outcome outcome = lab.execute(blueprint, settings());
        EXPECT_EQ(run::to_string(outcome.state), scenario.ends) << outcome.reason;
        if (writers) {
            writers->stop();
            EXPECT_EQ(writers->error(), "");
            EXPECT_GT(writers->steps(), 0);
        }
        for (const std::string& finding : outcome.findings) {
            EXPECT_NE(scenario.ends, "swapped") << finding;
        }
    }
};

TEST_P(ScenarioTest, EndsAsWritten) {
    for (const std::string& statement : scenario.setup) {
        lab.sql(statement);
    }
    if (!scenario.refused.empty()) {
        const std::string before = lab.objects();
        try {
            static_cast<void>(lab.plan(request(), settings()));
            ADD_FAILURE() << "the plan was not refused";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), scenario.refused) << error.what();
        }
        EXPECT_EQ(lab.objects(), before);
        return;
    }
    lab.sql("CREATE TABLE `twin` LIKE `t`");
    const std::string columns = lab.text(
        "SELECT GROUP_CONCAT(CONCAT('`', REPLACE(COLUMN_NAME, '`', '``'), '`')) FROM "
        "information_schema.COLUMNS WHERE "
        "TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COALESCE(GENERATION_EXPRESSION, '') = ''");
    lab.sql("INSERT INTO `twin` (" + columns + ") SELECT " + columns + " FROM `t`");
    run_job();
    if (scenario.compare_with_native && scenario.ends == "swapped") {
        for (const std::string& clauses : scenario.alter) {
            lab.sql("ALTER TABLE `twin` " + clauses);
        }
        expect_same_rows();
    }
    for (const Expectation& expectation : scenario.expect) {
        EXPECT_EQ(lab.text(expectation.query), expectation.value) << expectation.query;
    }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ScenarioTest);
INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioTest, testing::ValuesIn(cases()), case_name);

} // namespace
} // namespace turntable::test
