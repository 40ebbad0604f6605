// The server's own forms are probed before their first statement: what rows break is named, and nothing was
// made. A row that somebody writes after the probe is met by the server itself, and what it leaves is taken
// away.

#include <set>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

// What is asked of `items`, and the rows that break it.
struct Native {
    std::string name, clause;
    std::vector<std::string> rows;  // inserted: exactly these break it
    std::int64_t broken = 1;        // rows that the finding counts
    std::vector<std::string> shown; // in the finding
    std::vector<std::string> more;  // options
};

const std::string null_row = "INSERT INTO items (id, note, amount, owner) VALUES (71, NULL, 71, 1)";
const std::string twin_row = "INSERT INTO items (id, note, amount, owner) VALUES (72, 'n3', 72, 1)";
const std::string negative_row = "INSERT INTO items (id, note, amount, owner) VALUES (73, 'n73', -5, 1)";
const std::string orphan_row = "INSERT INTO items (id, note, amount, owner) VALUES (74, 'n74', 74, 99)";

std::vector<Native> of_postgres() {
    return {
        {"NotNull", "ALTER COLUMN note SET NOT NULL", {null_row}, 1, {"column note", "id=71"}, {}},
        {"Unique",
         "ADD CONSTRAINT once UNIQUE (note)",
         {twin_row},
         1,
         {"once", "id=3 = n3", "id=72 = n3"},
         {}},
        {"Check",
         "ADD CONSTRAINT positive CHECK (amount > 0)",
         {negative_row},
         1,
         {"CHECK positive", "id=73 = -5"},
         {}},
        {"ForeignKey",
         "ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES owners (id)",
         {orphan_row},
         1,
         {"foreign key owned", "id=74 = 99"},
         {}},
        {"SeveralAtOnce",
         "ALTER COLUMN note SET NOT NULL, ADD CHECK (amount > 0)",
         {null_row, negative_row},
         1,
         {"column note", "id=71"},
         {}},
        {"UniqueOverTwo",
         "ADD CONSTRAINT pair UNIQUE (owner, note)",
         {twin_row},
         1,
         {"id=3 = 1, n3", "id=72 = 1, n3"},
         {}},
    };
}

std::vector<Native> of_mysql() {
    return {
        {"NotNull", "MODIFY note varchar(40) NOT NULL", {null_row}, 1, {"column note", "id=71"}, {}},
        {"Unique", "ADD UNIQUE KEY once (note)", {twin_row}, 1, {"once", "id=3 = n3", "id=72 = n3"}, {}},
        {"UniqueOfAPrefix", "ADD UNIQUE KEY once (note(2))", {}, 11, {"once", " = n1; id="}, {}},
        {"ForeignKey",
         "ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES owners (id)",
         {orphan_row},
         1,
         {"foreign key owned", "id=74 = 99"},
         {}},
        {"PrimaryKey",
         "DROP PRIMARY KEY, ADD PRIMARY KEY (note)",
         {twin_row},
         1,
         {"PRIMARY", "id=72 = n3"},
         {"--keep-old", "none"}},
    };
}

using Given = std::tuple<Server, Native>;

class NativeProbe : public testing::TestWithParam<Given> {
  protected:
    NativeProbe() : database_(std::get<0>(GetParam())), tool_(database_.url()) { make("PRIMARY KEY"); }

    void make(const std::string& key) {
        const bool mysql = is_mysql_like(database_.flavor());
        database_.exec({"DROP TABLE IF EXISTS items", "DROP TABLE IF EXISTS owners",
                        "CREATE TABLE owners (id integer NOT NULL PRIMARY KEY)",
                        "INSERT INTO owners VALUES (1)",
                        "CREATE TABLE items (id integer NOT NULL " + key +
                            ", note varchar(40), amount integer, owner integer)" +
                            (mysql ? " CHARACTER SET utf8mb4" : "")});
        for (int id = 1; id <= 20; ++id) {
            const std::string text = std::to_string(id);
            database_.exec({"INSERT INTO items VALUES (" + text + ", 'n" + text + "', " + text + ", 1)"});
        }
    }
    [[nodiscard]] const Native& native() const { return std::get<1>(GetParam()); }
    [[nodiscard]] std::vector<std::string> asking(std::vector<std::string> command) const {
        command.insert(command.end(), {"--alter", native().clause});
        command.insert(command.end(), native().more.begin(), native().more.end());
        return command;
    }
    // Rows that break the first rule that any breaks.
    static std::int64_t violations(const nlohmann::json& audit) {
        for (const auto& rule : audit["rules"]) {
            if (rule.value("violations", 0) > 0) {
                return rule.value("violations", 0);
            }
        }
        return 0;
    }
    std::vector<std::string> image() { return catalog_image(database_.flavor(), database_.client()); }

    TestDatabase database_;
    Tool tool_;
};

TEST_P(NativeProbe, NamesTheRowsAndMakesNothing) {
    database_.exec(native().rows);
    const auto before = image();
    const ToolRun audit = tool_.json(asking({"audit", "items"}));
    EXPECT_EQ(audit.exit_code, 3) << audit.text();
    EXPECT_NE(audit.json().value("strategy", ""), "shadow");
    EXPECT_EQ(violations(audit.json()), native().broken) << audit.text();
    const std::string finding = audit.json()["findings"][0];
    for (const std::string& word : native().shown) {
        EXPECT_THAT(finding, testing::HasSubstr(word));
    }
    const ToolRun run = tool_.json(asking({"alter", "items", "--execute", "--yes"}));
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_EQ(run.json().value("state", ""), "refused");
    EXPECT_THAT(run.text(), testing::HasSubstr(native().shown.front()));
    EXPECT_EQ(image(), before);
    if (native().rows.empty()) {
        return;
    }
    database_.exec({"DELETE FROM items WHERE id > 20"});
    const ToolRun mended = tool_.json(asking({"alter", "items", "--execute", "--yes"}));
    EXPECT_EQ(mended.exit_code, 0) << mended.text();
    EXPECT_EQ(mended.json().value("state", ""), "finalized");
    EXPECT_THROW(database_.exec(native().rows), std::exception) << "the change was not made";
}

class RowAfterTheProbe : public NativeProbe {};

// The row is not committed when the probe looks, and holds the first statement up until it is.
TEST_P(RowAfterTheProbe, IsRefusedByTheServerAndNothingIsLeft) {
    const auto before = image();
    const auto writer = database_.open();
    writer->query("BEGIN");
    writer->query(native().rows.front());
    auto run = tool_.start(asking({"alter", "items", "--execute", "--yes", "--format", "json"}));
    const auto job =
        tool_.wait_for_job([](const nlohmann::json& line) { return line.value("phase", "") == "native"; });
    EXPECT_FALSE(job.is_null()) << "the probe must not see the row";
    writer->query("COMMIT");
    const ToolRun end = Tool::finish(*run);
    EXPECT_EQ(end.exit_code, 3) << end.text();
    EXPECT_EQ(end.json().value("state", ""), "failed") << end.text();
    EXPECT_EQ(image(), before) << end.text();
}

class KeylessTable : public NativeProbe {};

// Rows that no key tells apart are read in one pass.
TEST_P(KeylessTable, IsProbedToo) {
    make("");
    database_.exec(native().rows);
    const auto before = image();
    const ToolRun audit = tool_.json(asking({"audit", "items"}));
    EXPECT_EQ(audit.exit_code, 3) << audit.text();
    EXPECT_EQ(violations(audit.json()), native().broken) << audit.text();
    EXPECT_EQ(image(), before);
}

std::vector<Given> given(const std::set<std::string>& names = {}) {
    std::vector<Given> all;
    for (const Server& server : networked_servers()) {
        const Flavor flavor = flavor_of(server);
        for (const Native& native : flavor == Flavor::postgres ? of_postgres() : of_mysql()) {
            if (names.empty() || names.contains(native.name)) {
                all.emplace_back(server, native);
            }
        }
    }
    return all;
}

std::string case_name(const testing::TestParamInfo<Given>& tested) {
    return std::get<1>(tested.param).name + "_" + std::get<0>(tested.param).name;
}

INSTANTIATE_TEST_SUITE_P(Servers, NativeProbe, testing::ValuesIn(given()), case_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NativeProbe);
INSTANTIATE_TEST_SUITE_P(Servers, RowAfterTheProbe,
                         testing::ValuesIn(given({"NotNull", "Unique", "Check", "ForeignKey"})), case_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RowAfterTheProbe);
INSTANTIATE_TEST_SUITE_P(Servers, KeylessTable, testing::ValuesIn(given({"NotNull", "Unique"})), case_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KeylessTable);

} // namespace
} // namespace turntable::test
