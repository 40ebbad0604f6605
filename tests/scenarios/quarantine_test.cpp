// Values that the new column cannot hold: the row takes the replacement, the original goes to the side table,
// which says what was true at the swap.

#include <cstdlib>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Quarantine : public Scenario {
  protected:
    Quarantine() { make_payments(50); }

    // Swaps with `convert`, and returns the JSON.
    nlohmann::json alter(const std::string& convert, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"alter", "payments", "--convert", convert, "--execute", "--yes"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const ToolRun run = tool_.json(arguments);
        EXPECT_EQ(run.exit_code, 0) << run.text();
        return run.exit_code == 0 ? run.json() : nlohmann::json{};
    }
    // key:original:reason of the job's values, in order of the key's length and text.
    std::vector<std::string> kept(const nlohmann::json& outcome) {
        std::vector<std::string> lines;
        for (const auto& row : sql()
                                   .query("SELECT row_key, original, reason FROM " +
                                          outcome.value("quarantine", "") + " WHERE job_id = '" +
                                          outcome.value("job", "") + "' ORDER BY length(row_key), row_key")
                                   .rows) {
            lines.push_back(row[0].value_or("NULL") + ":" + row[1].value_or("NULL") + ":" +
                            row[2].value_or("NULL"));
        }
        return lines;
    }
};

TEST_P(Quarantine, KeepsTheOriginalAndGivesTheReplacement) {
    database_.exec({"UPDATE payments SET note = 'n/a' WHERE id IN (7, 9)",
                    "UPDATE payments SET note = '20' WHERE id NOT IN (7, 9)",
                    "UPDATE payments SET amount = 1e30 WHERE id = 8"});
    const std::string notes = "note=integer,type=int32,malformed=quarantine,replacement=-1,into=pieces";
    const auto outcome = alter("amount=cents,into=amount_cents,overflow=quarantine", {"--convert", notes});
    EXPECT_TRUE(outcome.value("verified", false));
    const auto money = outcome["conversions"][0];
    EXPECT_EQ(money.value("rejected", 0), 1);
    EXPECT_EQ(money.value("quarantined", 0), 1);
    // 1 + … + 50 + 50 × 0.25 without row 8: what is quarantined is in neither sum.
    EXPECT_EQ(money.value("sum_source", ""), "1279.25");
    EXPECT_EQ(money.value("sum_target", ""), "127925");
    EXPECT_EQ(outcome["conversions"][1].value("quarantined", 0), 2);
    EXPECT_EQ(outcome["conversions"][1].value("sum_target", ""), std::to_string(48 * 20));
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE amount_cents IS NULL AND id = 8"), 1);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE pieces = -1 AND id IN (7, 9)"), 2);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE pieces = 20"), 48);
    const auto lines = kept(outcome);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "id=7:n/a:rejected");
    EXPECT_THAT(lines[1], testing::MatchesRegex("id=8:1e[+]?30:out_of_range"));
    EXPECT_EQ(lines[2], "id=9:n/a:rejected");
}

TEST_P(Quarantine, RemembersWhatWasRounded) {
    sql().query("UPDATE payments SET amount = 1.005 WHERE id = 7");
    const auto outcome = alter("amount=cents,into=amount_cents,round=half_up,inexact=quarantine");
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 7"), 101);
    EXPECT_THAT(kept(outcome), testing::ElementsAre("id=7:1.005:rounded"));
}

TEST_P(Quarantine, KeepsFloatsToTheLastBit) {
    const bool mysql = is_mysql_like(flavor());
    sql().query(std::string{"CREATE TABLE floats (id integer NOT NULL PRIMARY KEY, v "} +
                (mysql ? "float" : "real") + ")");
    sql().query("INSERT INTO floats VALUES (1, 131072.27), (2, 17.5), (3, 4)");
    const ToolRun run =
        tool_.json({"alter", "floats", "--convert",
                    "v=minor_units,scale=0,round=half_up,inexact=quarantine,into=w", "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto rows =
        sql().query("SELECT original FROM " + run.json().value("quarantine", "") + " ORDER BY row_key").rows;
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(std::strtof(rows[0][0].value_or("").c_str(), nullptr), 131072.27F);
    EXPECT_EQ(rows[1][0].value_or(""), "17.5");
}

TEST_P(Quarantine, TellsWhatWasTrueAtTheSwap) {
    database_.exec(
        {"UPDATE payments SET note = '20'", "UPDATE payments SET note = 'bad' WHERE id IN (7, 8)"});
    const std::string convert = "note=integer,type=int32,malformed=quarantine,into=pieces";
    const ToolRun ready = tool_.json({"alter", "payments", "--convert", convert, "--execute", "--yes",
                                      "--cutover", "manual", "--cutover-timeout", "1s"});
    ASSERT_EQ(ready.exit_code, 6) << ready.text();
    database_.exec({"UPDATE payments SET note = '21' WHERE id = 7",   // bad becomes good
                    "DELETE FROM payments WHERE id = 8",              // bad is gone
                    "UPDATE payments SET note = 'late' WHERE id = 9", // good becomes bad
                    "INSERT INTO payments VALUES (60, 1, 'new', 0)",  // bad is new
                    "UPDATE payments SET note = 'other' WHERE id = 9"});
    const ToolRun swapped = tool_.json({"cutover", ready.json().value("job", "")});
    ASSERT_EQ(swapped.exit_code, 0) << swapped.text();
    EXPECT_THAT(kept(swapped.json()), testing::ElementsAre("id=9:other:rejected", "id=60:new:rejected"));
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE pieces IS NULL"), 2);
    // A write in the window needs no side table: the new column takes what it can hold.
    sql().query("UPDATE payments SET pieces = 5 WHERE id = 60");
    EXPECT_EQ(kept(swapped.json()).size(), 2U);
}

TEST_P(Quarantine, IsEmptiedByRevertAndKeptByFinalize) {
    database_.exec({"UPDATE payments SET note = '20'", "UPDATE payments SET note = 'bad' WHERE id = 7"});
    const std::string convert = "note=integer,type=int32,malformed=quarantine,replacement=0,into=pieces";
    const auto first = alter(convert);
    ASSERT_EQ(kept(first).size(), 1U);
    const ToolRun reverted = tool_.json({"revert", first.value("job", "")});
    ASSERT_EQ(reverted.exit_code, 0) << reverted.text();
    EXPECT_EQ(sql().cell("SELECT note FROM payments WHERE id = 7"), "bad");
    EXPECT_TRUE(kept(first).empty());
    EXPECT_TRUE(reverted.json()["quarantine"].is_null());
    ASSERT_EQ(tool_.run({"finalize", first.value("job", "")}).exit_code, 0);

    const auto second = alter(convert);
    ASSERT_EQ(tool_.run({"finalize", second.value("job", "")}).exit_code, 0);
    EXPECT_EQ(kept(second).size(), 1U);
}

TEST_P(Quarantine, TakesLaterCorrectionsByTheStatementOfTheHandbook) {
    database_.exec({"UPDATE payments SET note = '20'", "UPDATE payments SET note = 'x' WHERE id IN (7, 8)"});
    const auto outcome =
        alter("note=integer,type=int32,malformed=quarantine,into=pieces", {"--keep-old", "none"});
    const std::string table = outcome.value("quarantine", "");
    const std::string job = "job_id = '" + outcome.value("job", "") + "'";
    sql().query("UPDATE " + table + " SET fixed = '33' WHERE row_key = 'id=7' AND " + job);
    if (is_mysql_like(flavor())) {
        sql().query("UPDATE payments p JOIN " + table + " q ON q.row_key = CONCAT('id=', p.id) AND q." + job +
                    " AND q.column_name = 'note' AND q.fixed IS NOT NULL SET p.pieces = q.fixed "
                    "WHERE p.pieces IS NULL");
    } else {
        sql().query("UPDATE payments SET pieces = CAST(q.fixed AS integer) FROM " + table +
                    " q WHERE q.row_key = 'id=' || payments.id AND q." + job +
                    " AND q.column_name = 'note' AND q.fixed IS NOT NULL AND payments.pieces IS NULL");
    }
    EXPECT_EQ(sql().number("SELECT pieces FROM payments WHERE id = 7"), 33);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE pieces IS NULL"), 1);
}

TEST_P(Quarantine, NeedsAReplacementWhereTheColumnIsNotNull) {
    const bool mysql = is_mysql_like(flavor());
    sql().query("CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, quantity varchar(10) NOT NULL)");
    sql().query("INSERT INTO orders VALUES (1, '5'), (2, 'many')");
    const std::string convert = "quantity=integer,type=int32,malformed=quarantine";
    const ToolRun refused = tool_.json({"audit", "orders", "--convert", convert});
    EXPECT_EQ(refused.exit_code, 3) << refused.text();
    EXPECT_THAT(refused.json()["findings"].dump(), testing::HasSubstr("would be NULL"));
    const ToolRun run =
        tool_.json({"alter", "orders", "--convert", convert + ",replacement=0", "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text() << mysql;
    EXPECT_EQ(sql().number("SELECT SUM(quantity) FROM orders"), 5);
}

// A unique column whose bad rows would all take one value is refused before anything is created.
TEST_P(Quarantine, SeesDuplicatesAmongReplacements) {
    sql().query("CREATE TABLE codes (id integer NOT NULL PRIMARY KEY, code varchar(10) UNIQUE)");
    sql().query("INSERT INTO codes VALUES (1, '5'), (2, 'a'), (3, 'b')");
    const std::string convert = "code=integer,type=int32,malformed=quarantine";
    const ToolRun run = tool_.json({"audit", "codes", "--convert", convert + ",replacement=0"});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_THAT(run.json()["findings"].dump(), testing::HasSubstr("repeats another row's value"));
    EXPECT_EQ(tool_.json({"audit", "codes", "--convert", convert}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Quarantine, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
