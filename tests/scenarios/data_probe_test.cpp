// Every change that data can break is refused with exit 3, the count and the key, before anything is created.

#include <algorithm>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

// What is asked of the table `items`, and how each flavor says it.
struct Broken {
    std::string name;
    std::vector<std::string> data;       // makes exactly one row break the change
    std::string postgres, mysql, sqlite; // clause; "" = the flavor has no such change
    std::string shown;                   // key or value that the finding shows
    std::string option = "--alter";
};

std::vector<Broken> broken_by_values() {
    return {
        {"ShorterTextOverLongValues",
         {"UPDATE items SET note = 'a long note' WHERE id = 17"},
         "ALTER COLUMN note TYPE varchar(5)",
         "MODIFY COLUMN note varchar(5)",
         "",
         "a long note"},
        {"NarrowerIntegerOverLargeValues",
         {"UPDATE items SET amount = 40000 WHERE id = 17"},
         "ALTER COLUMN amount TYPE smallint",
         "MODIFY COLUMN amount smallint",
         "",
         "40000"},
        {"NarrowerDecimalOverLargeValues",
         {"UPDATE items SET price = 12345.67 WHERE id = 17"},
         "ALTER COLUMN price TYPE numeric(5,2)",
         "MODIFY COLUMN price decimal(5,2)",
         "",
         "12345.67"},
        {"FewerPlacesOverFinerValues",
         {"UPDATE items SET price = 1.05 WHERE id = 17"},
         "ALTER COLUMN price TYPE numeric(9,1)",
         "MODIFY COLUMN price decimal(9,1)",
         "",
         "1.05"},
        {"CharacterSetThatCannotHoldAString",
         {"UPDATE items SET note = '\xE2\x82\xAC 5 \xE4\xBB\xB7' WHERE id = 17"},
         "",
         "MODIFY COLUMN note varchar(40) CHARACTER SET latin1",
         "",
         "\xE4\xBB\xB7"},
        {"WholeTableToACharacterSet",
         {"UPDATE items SET note = '\xE4\xBB\xB7' WHERE id = 17"},
         "",
         "CONVERT TO CHARACTER SET latin1",
         "",
         "\xE4\xBB\xB7"},
        {"EnumWithoutAValueInUse",
         {"UPDATE items SET state = 'lost' WHERE id = 17"},
         "",
         "MODIFY COLUMN state enum('open','closed')",
         "",
         "lost"},
        {"ShorterTextByAnExpression",
         {"UPDATE items SET note = 'a long note' WHERE id = 17"},
         "note=using,expr=trim(note),type=varchar(5)",
         "note=using,expr=trim(note),type=varchar(5)",
         "",
         "a long note",
         "--convert"},
        {"TextThatIsNoNumber",
         {"UPDATE items SET digits = 'seven' WHERE id = 17"},
         "ALTER COLUMN digits TYPE integer USING digits::integer",
         "", // refused: a conversion says it
         "",
         "seven"},
    };
}

std::vector<Broken> broken_by_rules() {
    return {
        {"NotNullOverNulls",
         {"UPDATE items SET note = NULL WHERE id = 17"},
         "ALTER COLUMN note SET NOT NULL",
         "MODIFY COLUMN note varchar(40) NOT NULL",
         "ALTER COLUMN note SET NOT NULL",
         "17"},
        {"UniqueOverDuplicates",
         {"UPDATE items SET note = 'n3' WHERE id = 17"},
         "ADD CONSTRAINT one UNIQUE (note)",
         "ADD UNIQUE KEY one (note)",
         "ADD UNIQUE (note)",
         "n3"},
        {"CheckOverViolators",
         {"UPDATE items SET amount = -1 WHERE id = 17"},
         "ADD CONSTRAINT positive CHECK (amount >= 0)",
         "ADD CONSTRAINT positive CHECK (amount >= 0)",
         "ADD CONSTRAINT positive CHECK (amount >= 0)",
         "17"},
        {"CheckOfAColumnOverViolators",
         {"UPDATE items SET amount = -1 WHERE id = 17"},
         "",
         "MODIFY COLUMN amount integer CHECK (amount >= 0)", // MariaDB's own form would look at no row
         "",
         "-1"},
        {"ForeignKeyOverOrphans",
         {"UPDATE items SET owner = 99 WHERE id = 17"},
         "ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES owners (id)",
         "",
         "ADD FOREIGN KEY (owner) REFERENCES owners (id)",
         "99"},
    };
}

std::vector<Broken> broken_changes() {
    std::vector<Broken> all = broken_by_values();
    const std::vector<Broken> rules = broken_by_rules();
    all.insert(all.end(), rules.begin(), rules.end());
    return all;
}

// The server's own form, where it has one, or the shadow.
enum class Way { by_itself, shadow };
using Given = std::tuple<Server, Broken, Way>;

class DataProbe : public testing::TestWithParam<Given> {
  protected:
    DataProbe() : database_(std::get<0>(GetParam())), tool_(database_.url()) {
        Client& client = database_.client();
        const bool mysql = is_mysql_like(database_.flavor());
        client.query("CREATE TABLE owners (id integer NOT NULL PRIMARY KEY)");
        client.query("INSERT INTO owners VALUES (1)");
        client.query(std::string{"CREATE TABLE items (id integer NOT NULL PRIMARY KEY, note varchar(40), "
                                 "amount integer, price decimal(9,2), state varchar(10), owner integer, "
                                 "digits varchar(10))"} +
                     (mysql ? " CHARACTER SET utf8mb4" : ""));
        for (int id = 1; id <= 20; ++id) {
            const std::string text = std::to_string(id);
            client.query("INSERT INTO items VALUES (" + text + ", 'n" + text + "', " + text +
                         ", 1.5, 'open', 1, '" + text + "')");
        }
    }

    [[nodiscard]] std::string clause() const {
        const Broken& broken = std::get<1>(GetParam());
        return database_.flavor() == Flavor::sqlite ? broken.sqlite
               : is_mysql_like(database_.flavor())  ? broken.mysql
                                                    : broken.postgres;
    }

    [[nodiscard]] std::vector<std::string> asking(std::vector<std::string> command) const {
        command.insert(command.end(), {std::get<1>(GetParam()).option, clause()});
        if (std::get<2>(GetParam()) == Way::shadow) {
            command.insert(command.end(), {"--strategy", "shadow"});
        }
        return command;
    }

    TestDatabase database_;
    Tool tool_;
};

TEST_P(DataProbe, CountsAndNamesTheRowsAndCreatesNothing) {
    const Broken& broken = std::get<1>(GetParam());
    const ToolRun fits = tool_.json(asking({"audit", "items"}));
    EXPECT_EQ(fits.exit_code, 0) << fits.text();
    database_.exec(broken.data);
    const auto before = catalog_image(database_.flavor(), database_.client());
    const ToolRun run = tool_.json(asking({"audit", "items"}));
    EXPECT_EQ(run.exit_code, 3) << run.text();
    ASSERT_FALSE(run.json()["findings"].empty()) << run.text();
    const std::string finding = run.json()["findings"][0];
    EXPECT_THAT(finding,
                testing::AllOf(testing::ContainsRegex(": (at least )?1 row "), testing::HasSubstr("id=17"),
                               testing::HasSubstr(broken.shown), testing::HasSubstr("; ")));
    const ToolRun text = tool_.run(asking({"plan", "items", "--probe"}));
    EXPECT_EQ(text.exit_code, 3);
    EXPECT_THAT(text.out, testing::HasSubstr(broken.shown)) << text.text();
    EXPECT_EQ(catalog_image(database_.flavor(), database_.client()), before);
}

// What servers do natively; a change of values goes through the shadow by itself.
bool by_rule(const Broken& broken) {
    const std::vector<Broken> rules = broken_by_rules();
    return std::ranges::any_of(rules, [&](const Broken& rule) { return rule.name == broken.name; });
}

std::vector<Given> given() {
    std::vector<Given> all;
    for (const Server& server : one_server_of_each()) {
        const Flavor flavor = flavor_of(server);
        for (const Broken& broken : broken_changes()) {
            const std::string& clause = flavor == Flavor::sqlite ? broken.sqlite
                                        : is_mysql_like(flavor)  ? broken.mysql
                                                                 : broken.postgres;
            if (!clause.empty()) {
                all.emplace_back(server, broken, Way::by_itself);
            }
            if (!clause.empty() && by_rule(broken)) {
                all.emplace_back(server, broken, Way::shadow);
            }
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Servers, DataProbe, testing::ValuesIn(given()), [](const auto& tested) {
    return std::get<1>(tested.param).name + (std::get<2>(tested.param) == Way::shadow ? "ByShadow_" : "_") +
           std::get<0>(tested.param).name;
});

} // namespace
} // namespace turntable::test
