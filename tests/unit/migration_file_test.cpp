// The file model of migrations: names, both formats, and the line of what is wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/migration_file.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

using testing::HasSubstr;

MigrationFile parsed(const std::string& text, FileKind kind = FileKind::toml) {
    return parse_migration(text, {"20260101120000", "a_change", kind},
                           kind == FileKind::toml ? "m/x.toml" : "m/x.sql");
}

std::string complaint(const std::string& text, FileKind kind = FileKind::toml) {
    try {
        static_cast<void>(parsed(text, kind));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "nothing";
}

TEST(MigrationName, IsAPointInTimeAndWords) {
    const auto name = parse_file_name("20240229235959_add_email_to_users.toml");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->version, "20240229235959");
    EXPECT_EQ(name->slug, "add_email_to_users");
    EXPECT_FALSE(parse_file_name("README.md"));
    for (const char* const bad : {"20230229000000_no_such_day.sql", "20240101246000_no_such_hour.sql",
                                  "2024_short.toml", "20240101000000.toml", "20240101000000_Upper.toml"}) {
        EXPECT_THROW(static_cast<void>(parse_file_name(bad)), Error) << bad;
    }
}

TEST(MigrationName, SlugKeepsLettersAndDigits) {
    EXPECT_EQ(slug_of("Add e-mail to users!"), "add_e_mail_to_users");
    EXPECT_THROW(static_cast<void>(slug_of("…")), Error);
}

TEST(MigrationText, ChecksumsSeeNeitherCarriageReturnsNorAByteOrderMark) {
    EXPECT_EQ(canonical_text("\xEF\xBB\xBF"
                             "a\r\nb\rc\n"),
              "a\nb\nc\n");
}

TEST(TomlMigration, HasTypedOperationsWithTheirLines) {
    const MigrationFile file = parsed(R"(description = "users"
phase = "expand"
[[op]]
kind = "create_table"
table = "users"
columns = [
  { name = "id", type = "int64", identity = true },
  { name = "email", type = "varchar(190) not null" },
]
primary_key = ["id"]
indexes = [{ name = "users_email", columns = ["email"], unique = true }]
[[op]]
kind = "set_not_null"
table = "users"
column = "email"
fill = "''"
[[assert]]
after = "select 1"
)");
    ASSERT_EQ(file.ops.size(), 2U);
    EXPECT_EQ(file.ops[1].line, 12);
    const NewTable& table = std::get<CreateTable>(file.ops[0].body).table;
    EXPECT_FALSE(table.columns[0].nullable);
    EXPECT_TRUE(table.indexes[0].unique);
    const auto& change = std::get<TableChange>(file.ops[1].body);
    EXPECT_EQ(std::get<SetNotNull>(change.operation).fill_sql, "''");
    EXPECT_EQ(file.phase, DeployPhase::expand);
    EXPECT_EQ(file.asserts.size(), 1U);
}

TEST(TomlMigration, KeepsSqlPerEngine) {
    const MigrationFile file = parsed("[[op]]\nkind = \"sql\"\nup = { sqlite = \"s\", default = \"d\" }\n");
    const auto& sql = std::get<RawSql>(file.ops[0].body);
    EXPECT_EQ(sql.up.for_engine("sqlite"), "s");
    EXPECT_EQ(sql.up.for_engine("mysql"), "d");
    EXPECT_FALSE(sql.down.given());
}

TEST(TomlMigration, UnknownKeysAreErrorsWithTheirLine) {
    EXPECT_THAT(complaint("colour = 1\n[[op]]\nkind = \"sql\"\nup = \"x\"\n"),
                HasSubstr("m/x.toml, line 1: unknown key 'colour'"));
    EXPECT_THAT(complaint("[[op]]\nkind = \"sql\"\nup = \"x\"\nupp = \"y\"\n"),
                HasSubstr("line 4: unknown key 'upp'"));
    EXPECT_THAT(complaint("[[op]]\nkind = \"sql\"\nup = { oracle = \"x\" }\n"), HasSubstr("'oracle'"));
    EXPECT_THAT(complaint("[[op]]\nkind = \"drop_everything\"\ntable = \"t\"\n"),
                HasSubstr("no operation named 'drop_everything'"));
    EXPECT_THAT(complaint("[[op]]\nkind = \"create_table\"\ntable = \"t\"\ncolumns = [{ name = \"a\", type = "
                          "\"text\", nul = true }]\n"),
                HasSubstr("unknown key 'nul'"));
    EXPECT_THAT(complaint("[[op]]\nkind = \"create_table\"\ntable = \"t\"\ncolumns = [{ name = \"a\", type = "
                          "\"text\" }]\nchecks = [\n{ nam = \"b\", expression = \"a > 0\" }]\n"),
                HasSubstr("line 6: the operation lacks name"));
    EXPECT_THAT(complaint("description = \"x\"\n"), HasSubstr("no [[op]]"));
}

TEST(SqlMigration, HasSectionsWithOptions) {
    const MigrationFile file = parsed("-- turntable:description Say it\n-- a remark\n-- turntable:up tx=off "
                                      "timeout=1h\nselect 1;\n-- turntable:up engine=sqlite\nselect 2;\n"
                                      "-- turntable:down\nselect 3;\n",
                                      FileKind::sql);
    EXPECT_EQ(file.description, "Say it");
    const SqlSection* const common = file.section(Way::up, "postgresql");
    ASSERT_NE(common, nullptr);
    EXPECT_FALSE(common->transaction);
    EXPECT_EQ(common->timeout, Millis{3'600'000});
    EXPECT_EQ(common->text, "select 1;\n");
    EXPECT_EQ(common->line, 4);
    EXPECT_EQ(file.section(Way::up, "sqlite")->text, "select 2;\n");
    EXPECT_EQ(file.section(Way::down, "sqlite")->text, "select 3;\n");
}

TEST(SqlMigration, WhatIsWrongHasItsLine) {
    EXPECT_THAT(complaint("select 1;\n", FileKind::sql), HasSubstr("line 1: there is SQL before"));
    EXPECT_THAT(complaint("-- turntable:up\n-- turntable:upp\n", FileKind::sql), HasSubstr("line 2"));
    EXPECT_THAT(complaint("-- turntable:up tx=maybe\n", FileKind::sql), HasSubstr("'tx=maybe'"));
    EXPECT_THAT(complaint("-- turntable:up\n-- turntable:up\n", FileKind::sql), HasSubstr("already"));
    EXPECT_THAT(complaint("-- turntable:down\n", FileKind::sql), HasSubstr("no section `-- turntable:up`"));
}

} // namespace
} // namespace turntable::migrate
