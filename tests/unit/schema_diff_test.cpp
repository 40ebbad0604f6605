// What differs between two schemas, and what makes one of the other: without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/drift.hpp"
#include "migrate/dump.hpp"
#include "migrate/import/foreign.hpp"
#include "migrate/op_toml.hpp"
#include "migrate/schema_diff.hpp"
#include "migrate/table_diff.hpp"

namespace turntable::migrate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> kinds_of(const std::vector<Operation>& operations) {
    std::vector<std::string> out;
    for (const Operation& operation : operations) {
        out.push_back(kind_of(operation));
    }
    return out;
}

TEST(SchemaDifferences, NameWhatIsMissingUnexpectedAndOtherwise) {
    const ObjectTexts wanted{{{"table", "a"}, "id integer\nname text\n"}, {{"view", "v"}, "select 1"}};
    const ObjectTexts found{{{"table", "a"}, "id integer\nname varchar\n"}, {{"table", "b"}, "id integer"}};
    const auto differences = schema_differences(wanted, found);
    ASSERT_EQ(differences.size(), 3U);
    EXPECT_EQ(differences[0].change, SchemaDifference::Change::differs);
    EXPECT_THAT(differences[0].lacks, ElementsAre("name text"));
    EXPECT_THAT(differences[0].has, ElementsAre("name varchar"));
    EXPECT_EQ(differences[1].change, SchemaDifference::Change::missing);
    EXPECT_EQ(differences[1].name, "v");
    EXPECT_EQ(differences[2].change, SchemaDifference::Change::unexpected);
    EXPECT_THAT(schema_differences(wanted, wanted), IsEmpty());
}

TEST(TableSteps, SayWhatChangedAndNothingElse) {
    TableDescription from;
    from.columns = {{"id", "bigint", false, {}, false},
                    {"a", "integer", true, {}, true},
                    {"b", "integer", true, "1", true},
                    {"c", "text", false, {}, true},
                    {"old", "text", true, {}, true}};
    from.primary_key = {"id"};
    from.indexes = {{"by_a", {"a"}, false, {}}, {"by_b", {"b"}, false, {}}};
    from.constraints = {{"ok", AddCheck{"ok", "a > 0"}}};
    EXPECT_THAT(kinds_of(table_steps(from, from).operations), IsEmpty());
    TableDescription to = from;
    to.columns[1].type = "bigint";
    to.columns[2].default_sql.reset();
    to.columns[3].nullable = true;
    to.columns[4].name = "new";
    to.indexes = {{"by_a", {"a", "b"}, false, {}}};
    to.constraints = {};
    const TableSteps steps = table_steps(from, to);
    EXPECT_THAT(kinds_of(steps.operations),
                ElementsAre("drop_constraint", "drop_index", "drop_index", "change_column", "drop_default",
                            "drop_not_null", "add_column", "drop_column", "add_index"));
    ASSERT_EQ(steps.notes.size(), 1U);
    EXPECT_THAT(steps.notes[0], HasSubstr("rename_column"));
}

TEST(NewTables, AreTypedOnlyWhereCreateTableSaysAllOfThem) {
    TableDescription table;
    table.columns = {{"id", "bigint", false, {}, true}, {"name", "text", true, {}, true}};
    table.primary_key = {"id"};
    const TableName name{"", "t"};
    EXPECT_TRUE(new_table(name, table, "CREATE TABLE t (id bigint, name text)", "sqlite"));
    EXPECT_FALSE(new_table(name, table, "CREATE TABLE t (id bigint, name text collate nocase)", "sqlite"));
    EXPECT_FALSE(new_table(name, table, "CREATE TABLE t (id bigint, name text) STRICT", "sqlite"));
    EXPECT_TRUE(
        new_table(name, table, "CREATE TABLE `t` (\n  `id` bigint\n) ENGINE=InnoDB COLLATE=x", "mysql"));
    EXPECT_FALSE(new_table(
        name, table, "CREATE TABLE `t` (\n  `id` bigint COLLATE y\n) ENGINE=InnoDB COLLATE=x", "mysql"));
    table.columns[0].plain = false;
    EXPECT_FALSE(new_table(name, table, "CREATE TABLE t (id integer primary key, name text)", "sqlite"))
        << "identity numbers without using a number twice";
    const auto numbered =
        new_table(name, table, "CREATE TABLE t (id integer primary key autoincrement, name text)", "sqlite");
    ASSERT_TRUE(numbered);
    EXPECT_TRUE(numbered->columns[0].identity);
}

TEST(SchemaSteps, DropTablesBeforeThoseThatTheyReferTo) {
    SchemaSide from;
    TableDescription child;
    child.constraints = {{"fk", AddForeignKey{"fk", {"a_id"}, {"", "a"}, {"id"}, {}, {}}}};
    from.parts = {{"table", "a", {"", "a"}, "create table a", "drop table a"},
                  {"table", "b", {"", "b"}, "create table b", "drop table b"}};
    from.tables = {{"a", {}}, {"b", child}};
    const SchemaSteps steps = steps_between(from, {}, "sqlite", {});
    ASSERT_EQ(steps.ops.size(), 2U);
    EXPECT_EQ(std::get<DropTable>(steps.ops[0].body).table.name, "b");
    EXPECT_THAT(op_blocks(steps.ops), HasSubstr("[[op]]\nkind = \"drop_table\"\ntable = \"b\"\n"));
}

TEST(Dumps, KeepABodyTogetherForTheClient) {
    const SchemaPart trigger{
        "trigger", "t", {"", "a"}, "create trigger t begin select '$$'; end", "drop trigger t"};
    EXPECT_EQ(statement_text(trigger, "mysql"),
              "DELIMITER $$$\ncreate trigger t begin select '$$'; end\n$$$\nDELIMITER ;\n");
    EXPECT_EQ(statement_text(trigger, "sqlite"), "create trigger t begin select '$$'; end;\n");
}

TEST(ForeignVersions, AreComparedByTheirNumbers) {
    EXPECT_EQ(plain_version("001.20.0"), "1.20");
    EXPECT_EQ(plain_version("2_1"), "2.1");
    EXPECT_TRUE(version_not_after("1.9", "1.10"));
    EXPECT_FALSE(version_not_after("10", "9"));
    EXPECT_TRUE(version_not_after("1.0", "1"));
}

} // namespace
} // namespace turntable::migrate
