// `new --from-diff` and `new --fix`: files that the program writes.

#include <fstream>
#include <iterator>

#include "lab.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;

class Compose : public MigrateTest {
  protected:
    [[nodiscard]] static std::string text_of(const std::string& path) {
        std::ifstream file{path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    // The file that it wrote; "" if it wrote none.
    std::string write(const std::vector<std::string>& words, int exit_code = 0) {
        const ToolRun done = json(words);
        EXPECT_EQ(done.exit_code, exit_code) << done.text();
        return done.exit_code == exit_code && done.json()["file"].is_string()
                   ? done.json()["file"].get<std::string>()
                   : "";
    }
    void must_be_the_same(const std::string& url) {
        if (database_.flavor() != Flavor::sqlite) {
            EXPECT_EQ(tool_.run({"dump"}).out, Tool{url}.run({"dump"}).out);
            return;
        }
        // SQLite keeps the words of whoever made it.
        const auto other = connect(Flavor::sqlite, url);
        for (const char* const sql :
             {"select type, name, tbl_name from sqlite_schema where name not like '%turntable%' and name not "
              "like "
              "'sqlite%' and tbl_name not like '%turntable%' order by 1, 2",
              "select m.name, p.name, lower(p.type), p.\"notnull\", p.dflt_value, p.pk from sqlite_schema m "
              "join "
              "pragma_table_info(m.name) p where m.name not like '%turntable%' order by 1, 2",
              "select m.name, f.\"table\", f.\"from\", f.\"to\" from sqlite_schema m join "
              "pragma_foreign_key_list(m.name) f order by 1, 2, 3"}) {
            EXPECT_EQ(database_.client().query(sql).rows, other->query(sql).rows) << sql;
        }
    }
};

TEST_P(Compose, ADifferenceBecomesAMigration) {
    write_shop();
    must({"up"});
    TestDatabase wanted{GetParam()};
    ASSERT_EQ(Tool{wanted.url()}.run({"up", "--dir", folder_.path().string()}).exit_code, 0);
    wanted.exec({"alter table users add column nick varchar(40)", "create index users_nick on users (nick)",
                 "create table notes (id bigint not null, body varchar(200) not null, primary key (id))",
                 "create view names as select full_name from users"});
    const TestDatabase scratch{GetParam()};
    const std::string file =
        write({"new", "Catch up with the database", "--from-diff", wanted.url(), "--scratch", scratch.url()});
    const std::string text = text_of(file);
    EXPECT_THAT(text, HasSubstr("kind = \"add_column\"")) << text;
    EXPECT_THAT(text, HasSubstr("kind = \"add_index\"")) << text;
    EXPECT_THAT(text, HasSubstr("kind = \"create_table\"")) << text;
    EXPECT_THAT(text, HasSubstr("kind = \"sql\"")) << text;
    must({"up", "--keep-old", "none"});
    must_be_the_same(wanted.url());
    must({"down", "--allow", "lossy"});
}

TEST_P(Compose, AFileOfSqlIsAWantedSchemaToo) {
    write_shop();
    must({"up"});
    const std::string wanted = folder_.file("wanted.txt", mysql_like()                           ? R"sql(
create table parents (id bigint not null auto_increment primary key, made datetime not null default current_timestamp on update current_timestamp);
create table children (id bigint not null primary key, parent_id bigint not null, constraint children_parent foreign key (parent_id) references parents (id));
DELIMITER $$
create trigger children_in before insert on children for each row begin set new.id = new.id + 1; set new.id = new.id - 1; end$$
DELIMITER ;
)sql"
                                                          : database_.flavor() == Flavor::sqlite ? R"sql(
create table parents (id integer primary key, code text collate nocase);
create table children (id integer primary key, parent_id integer references parents (id)) strict;
create trigger children_in after insert on children begin delete from parents where id = 0; end;
)sql"
                                                                                                 : R"sql(
create type mood as enum ('good', 'bad');
create table parents (id bigserial primary key, how mood not null default 'good');
create table children (id bigint primary key, parent_id bigint references parents (id), span int4range);
create index children_span on children using gist (span);
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger children_in before insert on children for each row execute function touch();
)sql");
    TestDatabase scratch{GetParam()};
    const ToolRun made = json({"new", "Another schema", "--from-diff", wanted, "--scratch", scratch.url()});
    ASSERT_EQ(made.exit_code, 0) << made.text();
    EXPECT_THAT(text_of(made.json()["file"]), HasSubstr("kind = \"drop_table\""));
    must({"up", "--keep-old", "none"});
    must_be_the_same(scratch.url());
}

TEST_P(Compose, WithoutADifferenceThereIsNoFile) {
    write_shop();
    must({"up"});
    const TestDatabase scratch{GetParam()};
    const ToolRun done = json({"new", "Nothing", "--from-diff", database_.url(), "--scratch", scratch.url()});
    EXPECT_EQ(done.exit_code, 0) << done.text();
    EXPECT_TRUE(done.json()["file"].is_null());
}

// MySQL and MariaDB give a key an index if there is none; as raw SQL the key would copy the table.
TEST_P(Compose, AForeignKeyOfATableThatIsThereIsAnOperation) {
    if (flavor_of(GetParam()) == Flavor::sqlite) {
        return; // has no statement that would make one
    }
    migration(1, "tables.sql",
              "-- turntable:up\ncreate table parents (id bigint not null primary key);\n"
              "create table kids (id bigint not null primary key, parent_id bigint);\n");
    must({"up"});
    TestDatabase wanted{GetParam()};
    ASSERT_EQ(Tool{wanted.url()}.run({"up", "--dir", folder_.path().string()}).exit_code, 0);
    wanted.exec(
        {"create index of_parent on kids (parent_id)",
         "alter table kids add constraint kid_parent foreign key (parent_id) references parents (id)"});
    const TestDatabase scratch{GetParam()};
    const ToolRun made =
        json({"new", "The key of kids", "--from-diff", wanted.url(), "--scratch", scratch.url()});
    ASSERT_EQ(made.exit_code, 0) << made.text();
    EXPECT_THAT(text_of(made.json()["file"]), HasSubstr("kind = \"add_foreign_key\""));
    must({"up"});
    database_.exec({"insert into parents values (1)", "insert into kids values (1, 1)"});
    EXPECT_THROW(database_.exec({"insert into kids values (2, 2)"}), ClientError);
}

TEST_P(Compose, WhatMayBeARenameIsSaidAndNotGuessed) {
    write_shop();
    must({"up"});
    TestDatabase wanted{GetParam()};
    ASSERT_EQ(Tool{wanted.url()}.run({"up", "--dir", folder_.path().string()}).exit_code, 0);
    wanted.exec({"alter table users rename column full_name to whole_name"});
    const TestDatabase scratch{GetParam()};
    const ToolRun done =
        json({"new", "Whole names", "--from-diff", wanted.url(), "--scratch", scratch.url()});
    ASSERT_EQ(done.exit_code, 0) << done.text();
    EXPECT_THAT(done.json()["notes"].dump(), HasSubstr("rename_column"));
    EXPECT_THAT(text_of(done.json()["file"]), HasSubstr("users: column full_name goes"));
}

TEST_P(Compose, AFixTakesAMigrationBackInOneOfItsOwn) {
    write_shop();
    migration(3, "nicks.toml", R"toml([[op]]
kind = "add_column"
table = "users"
column = "nikc"
type = "varchar(40)"
)toml");
    migration(4, "notes.sql",
              "-- turntable:up\ncreate table notes (id integer);\n-- turntable:down\ndrop table notes;\n");
    must({"up", "+2"});
    const auto before = catalog();
    must({"up", "--keep-old", "none"});
    const std::string file = write({"new", "Away with the wrong nick", "--fix", version(3)});
    EXPECT_THAT(text_of(file), HasSubstr("fixes = \"" + version(3) + "\""));
    EXPECT_THAT(text_of(file), HasSubstr("kind = \"drop_column\""));
    must({"up", "--keep-old", "none"});
    const std::string second = write({"new", "Away with the notes", "--fix", version(4)});
    EXPECT_THAT(text_of(second), HasSubstr("drop table notes"));
    must({"up"});
    EXPECT_EQ(catalog(), before);
}

TEST_P(Compose, AFixOfAnEditedFilePutsItBackAndDoesWhatItSays) {
    write_shop();
    const std::string as_applied = R"toml([[op]]
kind = "add_column"
table = "users"
column = "nikc"
type = "varchar(40)"
)toml";
    migration(3, "nicks.toml", as_applied);
    must({"up", "--keep-old", "none"});
    migration(3, "nicks.toml", R"toml(# corrected
[[op]]
kind = "add_column"
table = "users"
column = "nick"
type = "varchar(60)"
)toml");
    ASSERT_EQ(run({"up"}).exit_code, 5) << "an edited file";
    const std::string file = write({"new", "Spell nick", "--fix", version(3)});
    EXPECT_EQ(text_of((folder_.path() / (version(3) + "_nicks.toml")).string()), as_applied);
    must({"up", "--keep-old", "none"});
    EXPECT_EQ(number("select count(*) from users where nick is null"), 2);
    EXPECT_THROW(static_cast<void>(number("select count(nikc) from users")), ClientError);
}

TEST_P(Compose, AFixOfWhatHasNoWayBackIsRefused) {
    migration(1, "notes.sql", "-- turntable:up\ncreate table notes (id integer);\n");
    must({"up"});
    const ToolRun done = json({"new", "Away", "--fix", version(1)});
    EXPECT_EQ(done.exit_code, 5) << done.text();
    EXPECT_EQ(done.json()["error"]["code"], "irreversible");
    const ToolRun twice = json({"new", "Away", "--fix", version(1), "--sql"});
    EXPECT_EQ(twice.exit_code, 2);
}

INSTANTIATE_TEST_SUITE_P(Servers, Compose, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
