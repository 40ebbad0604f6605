// Every operation on every engine: up, down and up again with rows in the tables, the class of its way back
// as documented, schema and rows compared by `test`. What an engine does not have is refused by name.

#include <algorithm>
#include <set>

#include "lab.hpp"
#include "support/depth.hpp"

namespace turntable::test {
namespace {

const std::set<std::string> all{"postgresql", "mysql", "mariadb", "sqlite"};

struct Case {
    std::string name;
    std::string op;                   // the lines of its [[op]]
    std::string undo;                 // class of its way back
    std::set<std::string> only = all; // engines that have it
};

std::string on(const std::string& table, const std::string& kind, const std::string& rest = "") {
    return "kind = \"" + kind + "\"\ntable = \"" + table + "\"\n" + rest;
}

// In order: each finds what those before it have left.
// What the others stand on.
std::vector<Case> table_cases() {
    return {
        {"create_sorts",
         on("sorts", "create_table",
            "columns = [{ name = \"id\", type = \"int64 not null\" }]\nprimary_key = [\"id\"]\n"),
         "recoverable"},
        {"create_items",
         on("items", "create_table",
            R"toml(columns = [{ name = "id", type = "int64 not null" }, { name = "code", type = "int64 not null" }, { name = "name", type = "varchar(50)" }, { name = "price", type = "float64" }, { name = "sort", type = "int64" }]
primary_key = ["id"]
indexes = [{ name = "items_code", columns = ["code"], unique = true }]
)toml"),
         "recoverable"},
        {"upsert_rows", on("items", "upsert_rows", R"toml(key = ["id"]
rows = [{ id = 1, code = 11, name = "one a", price = 17.08, sort = 1 }, { id = 2, code = 12, name = "two b", price = 0.25, sort = 1 }, { id = 3, code = 13, name = "three c", price = 1.5, sort = 1 }]
)toml"),
         "exact"},
        {"delete_rows", on("items", "delete_rows", "key = [\"id\"]\nrows = [{ id = 3 }]\n"), "exact"},
        {"raw_sql",
         "kind = \"sql\"\nup = { postgresql = \"insert into sorts values (1::bigint)\", default = \"insert "
         "into sorts values (1)\" }\ndown = \"delete from sorts where id = 1\"\n",
         "stated"},
    };
}

std::vector<Case> column_cases() {
    return {
        {"add_column", on("items", "add_column", "column = \"note\"\ntype = \"varchar(20)\"\n"), "lossy"},
        {"set_default", on("items", "set_default", "column = \"note\"\ndefault = \"'x'\"\n"), "exact"},
        {"drop_default", on("items", "drop_default", "column = \"note\"\n"), "exact"},
        {"backfill", on("items", "backfill", "set = { note = \"'filled'\" }\nwhere = \"note is null\"\n"),
         "lossy"},
        {"set_not_null", on("items", "set_not_null", "column = \"note\"\n"), "exact"},
        {"drop_not_null", on("items", "drop_not_null", "column = \"note\"\n"), "exact"},
        {"set_not_null_with_fill",
         on("items", "set_not_null", "column = \"name\"\nfill = \"'none'\"\ndefault = \"'none'\"\n"),
         "lossy"},
        {"change_column", on("items", "change_column", "column = \"note\"\ntype = \"varchar(80)\"\n"),
         "lossy"},
        {"rename_column", on("items", "rename_column", "column = \"note\"\nto = \"remark\"\n"), "exact"},
        {"collation",
         on("items", "change_column",
            "column = \"name\"\nconvert = { rule = \"collation\", to = \"binary\" }\n"),
         "exact"},
        {"charset",
         on("items", "change_column",
            "column = \"name\"\nconvert = { rule = \"charset\", to = \"latin1\", into = \"called\" }\n"),
         "exact",
         {"mysql", "mariadb"}},
        {"documents",
         on("items", "backfill", "set = { remark = \"'[1, 2]'\" }\nwhere = \"remark is not null\"\n"),
         "lossy"},
        {"json", on("items", "change_column", "column = \"remark\"\nconvert = { rule = \"json\" }\n"),
         "lossy"},
    };
}

std::vector<Case> constraint_cases() {
    return {
        {"add_index",
         on("items", "add_index", "name = \"items_remark\"\ncolumns = [\"name\", \"id desc\"]\n"), "exact"},
        {"drop_index", on("items", "drop_index", "name = \"items_remark\"\n"), "exact"},
        {"add_unique_index",
         on("items", "add_index", "name = \"items_name\"\ncolumns = [\"name\"]\nunique = true\n"), "exact"},
        {"add_partial_index",
         on("items", "add_index", "name = \"items_part\"\ncolumns = [\"sort\"]\nwhere = \"sort > 0\"\n"),
         "exact",
         {"postgresql", "sqlite"}},
        {"add_expression_index",
         on("items", "add_index", "name = \"items_lower\"\ncolumns = [\"(lower(name))\"]\n"),
         "exact",
         {"postgresql", "sqlite", "mysql"}},
        {"add_check", on("items", "add_check", "name = \"items_positive\"\nexpression = \"price >= 0\"\n"),
         "exact"},
        {"drop_check", on("items", "drop_check", "name = \"items_positive\"\n"), "exact"},
        {"add_unique", on("items", "add_unique", "name = \"items_both\"\ncolumns = [\"code\", \"sort\"]\n"),
         "exact"},
        {"drop_unique", on("items", "drop_unique", "name = \"items_both\"\n"), "exact"},
        {"add_foreign_key",
         on("items", "add_foreign_key",
            "name = \"items_sorts\"\ncolumns = [\"sort\"]\nreferences = \"sorts\"\nreferenced_columns = "
            "[\"id\"]\n"),
         "exact"},
        {"drop_foreign_key", on("items", "drop_foreign_key", "name = \"items_sorts\"\n"), "exact"},
    };
}

std::vector<Case> key_cases() {
    return {
        {"set_primary_key", on("items", "set_primary_key", "columns = [\"code\"]\n"), "exact"},
        {"set_primary_key_back", on("items", "set_primary_key", "columns = [\"id\"]\n"), "exact"},
        {"drop_primary_key", on("items", "drop_primary_key"), "exact"},
        {"set_primary_key_again", on("items", "set_primary_key", "columns = [\"id\"]\n"), "exact"},
    };
}

std::vector<Case> filled_column_cases() {
    return {
        {"copy_column",
         on("items", "copy_column", "from = \"name\"\nto = \"title\"\ntype = \"varchar(50)\"\n"), "lossy"},
        {"split_column", on("items", "split_column", R"toml(column = "title"
into = [{ column = "first", type = "varchar(50)", value = "substr(title, 1, 3)" }, { column = "rest", type = "varchar(50)", value = "substr(title, 4)" }]
)toml"),
         "lossy"},
        {"merge_columns", on("items", "merge_columns", R"toml(columns = ["first", "rest"]
[op.into]
column = "whole"
type = "varchar(100)"
value = { postgresql = "first || rest", sqlite = "first || rest", default = "concat(first, rest)" }
)toml"),
         "lossy"},
        {"price_to_cents",
         on("items", "change_column",
            "column = \"price\"\nconvert = { rule = \"cents\", into = \"cents\", round = \"half_even\", "
            "inexact = \"report\" }\n"),
         "lossy"},
        {"drop_column", on("items", "drop_column", "column = \"title\"\n"), "lossy"},
        {"rename_table", on("sorts", "rename_table", "to = \"kinds\"\n"), "exact"},
        {"drop_table", on("kinds", "drop_table"), "recoverable"},
        {"restore_table", on("kinds", "restore_table"), "recoverable"},
    };
}

std::vector<Case> joined(std::vector<Case> first, const std::vector<Case>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

class MigrateOperations : public MigrateTest {
  protected:
    [[nodiscard]] std::string engine() const {
        return database_.flavor() == Flavor::postgres ? "postgresql" : to_string(database_.flavor());
    }
    void expect_ways_back(const std::vector<Case>& cases);
};

void MigrateOperations::expect_ways_back(const std::vector<Case>& cases) {
    std::vector<Case> here;
    for (const Case& one : cases) {
        if (one.only.contains(engine())) {
            here.push_back(one);
            migration(static_cast<int>(here.size()), one.name + ".toml", "[[op]]\n" + one.op);
        }
    }
    const ToolRun run = json({"test", "--scratch", database_.url()});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const auto lines = run.json()["migrations"];
    ASSERT_EQ(lines.size(), here.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
        EXPECT_EQ(lines[i]["undo"], here[i].undo) << here[i].name;
        EXPECT_TRUE(lines[i]["taken_back"].get<bool>()) << here[i].name;
    }
}

TEST_P(MigrateOperations, KeysHaveTheWayBackThatTheyState) {
    expect_ways_back(joined(table_cases(), key_cases()));
}

// Dozens of shadow passes: the quick tier has the first of them, and most of the others in tests of their
// own.
TEST_P(MigrateOperations, ColumnsHaveTheWayBackThatTheyState) {
    std::vector<Case> columns = column_cases();
    columns.resize(full_depth() ? columns.size() : 3);
    expect_ways_back(joined(table_cases(), columns));
}

TEST_P(MigrateOperations, IndexesAndConstraintsHaveTheWayBackThatTheyState) {
    std::vector<Case> constraints = constraint_cases();
    constraints.resize(full_depth() ? constraints.size() : 2);
    expect_ways_back(joined(table_cases(), constraints));
}

// MySQL and MariaDB make three changes of it, and of its way back.
TEST_P(MigrateOperations, AForeignKeyBetweenOtherOperationsHasItsWayBack) {
    const std::vector<Case> cases = constraint_cases();
    const auto op = [&](const std::string& name) { return std::ranges::find(cases, name, &Case::name)->op; };
    expect_ways_back(
        joined(table_cases(),
               {{"key_and_others",
                 on("items", "add_check", "name = \"items_positive\"\nexpression = \"price >= 0\"\n") +
                     "[[op]]\n" + op("add_foreign_key") + "[[op]]\n" + op("add_unique"),
                 "exact"},
                {"no_key_and_others", op("drop_foreign_key") + "[[op]]\n" + op("drop_unique"), "exact"}}));
}

// The way back looks at the rows as the way there did.
TEST_P(MigrateOperations, ADroppedForeignKeyComesBackOverNoOrphan) {
    std::vector<Case> cases = joined(table_cases(), {});
    for (const Case& one : constraint_cases()) {
        if (one.name.ends_with("_foreign_key")) {
            cases.push_back(one);
        }
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        migration(static_cast<int>(i) + 1, cases[i].name + ".toml", "[[op]]\n" + cases[i].op);
    }
    must({"up"});
    database_.exec({"insert into items (id, code, sort) values (77, 77, -7)"});
    const ToolRun refused = json({"down"});
    EXPECT_EQ(refused.exit_code, 3) << refused.text();
    EXPECT_NE(refused.text().find("id=77"), std::string::npos) << refused.text();
    database_.exec({"delete from items where id = 77"});
    must({"down"});
}

// While a window is open, the table that a key would refer to may still be swapped back.
TEST_P(MigrateOperations, AForeignKeyEndsTheWindowOfItsParent) {
    database_.exec({"create table sorts (id bigint not null primary key, gone bigint)",
                    "create table items (id bigint not null primary key, sort bigint)",
                    "insert into sorts values (1, 1)", "insert into items values (1, 1)"});
    migration(1, "no_gone.toml", "[[op]]\n" + on("sorts", "drop_column", "column = \"gone\"\n"));
    must({"up"});
    const std::vector<Case> cases = constraint_cases();
    migration(2, "key.toml", "[[op]]\n" + std::ranges::find(cases, "add_foreign_key", &Case::name)->op);
    must({"plan"});
    must({"up"});
    must({"down"});
    EXPECT_EQ(json({"status"}).json()["unfinished"], 0);
}

TEST_P(MigrateOperations, FilledColumnsAndTablesHaveTheWayBackThatTheyState) {
    std::vector<Case> filled = filled_column_cases();
    filled.erase(filled.begin(), full_depth() ? filled.begin() : filled.end() - 3);
    expect_ways_back(joined(table_cases(), filled));
    EXPECT_EQ(number("select count(*) from kinds"), 1);
    EXPECT_EQ(full_depth() ? number("select cents from items where id = 1") : 1708, 1708);
}

TEST_P(MigrateOperations, WhatAnEngineDoesNotHaveIsRefusedByName) {
    database_.exec(
        {"create table sorts (id bigint not null primary key)",
         "create table items (id bigint not null primary key, name varchar(50), price double precision, "
         "sort bigint)"});
    int number = 1;
    for (const Case& one : constraint_cases()) {
        if (one.only.contains(engine()) || one.name.starts_with("drop_") || one.name == "add_check") {
            continue;
        }
        migration(number, one.name + ".toml", "[[op]]\n" + one.op);
        const ToolRun refused = json({"up"});
        EXPECT_EQ(refused.exit_code, 5) << one.name << "\n" << refused.text();
        EXPECT_EQ(json({"status"}).json()["unfinished"], 0) << one.name;
        remove_migration(number, one.name + ".toml");
        ++number;
    }
}

INSTANTIATE_TEST_SUITE_P(On, MigrateOperations, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
