// dump and drift: a schema as text, and whether it is what the migrations made.

#include "lab.hpp"

#include <algorithm>
#include <iterator>

namespace turntable::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SchemaTool : public MigrateTest {
  protected:
    [[nodiscard]] std::string dump() const {
        const ToolRun done = tool_.run({"dump"});
        EXPECT_EQ(done.exit_code, 0) << done.text();
        return done.out;
    }
    // A dump is a section of raw SQL, too: the program itself loads it.
    void load(const std::string& text) {
        migration(1, "load_schema.sql", "-- turntable:up\n" + text);
        must({"up"});
    }
    // What the engines have beside tables; `;` in bodies, quotes and mixed case in names.
    void make_much();
};

// Indexes of partitions under names of their own, and columns in another order.
std::vector<std::string> partitions_and_policies() {
    return {
        "create table sales (id bigint not null, day date not null, area text not null, price numeric check "
        "(price > "
        "0)) partition by range (day)",
        "create table sales_2020 partition of sales for values from ('2020-01-01') to ('2021-01-01')",
        "create table sales_rest (day date not null, id bigint not null, area text not null, price numeric, "
        "constraint "
        "sales_price_check check (price > 0))",
        "create index my_own_name on sales_rest (price)",
        "alter table sales attach partition sales_rest default",
        "create table sales_2021 partition of sales for values from ('2021-01-01') to ('2022-01-01') "
        "partition by list "
        "(area)",
        "create table sales_2021_a partition of sales_2021 for values in ('a', 'it''s')",
        "alter table sales add primary key (id, day, area)",
        "create index sales_price on sales (price)",
        "create table receipts (id bigint, day date, area text, foreign key (id, day, area) references "
        "sales)",
        "create trigger sales_in before insert on sales for each row execute function touch()",
        "alter table parents enable row level security",
        "alter table sales force row level security",
        "create policy own on parents as restrictive for update to public using (name = current_user) with "
        "check "
        "(exists (select from \"Order\" as o where o.parent_id = parents.id))",
        "create policy sees on parents for select to public using (true)",
    };
}

void SchemaTool::make_much() {
    const std::string order = database_.quote("Order");
    if (mysql_like()) {
        database_.exec({
            "create table parents (id bigint not null auto_increment primary key, code varchar(20) not null "
            "comment 'it''s; new', price decimal(12,2) default 1.5, seen timestamp not null default "
            "current_timestamp on update current_timestamp, total decimal(14,2) generated always as (price * "
            "2) "
            "stored, unique key parents_code (code), key parents_price (price desc), constraint price_ok "
            "check "
            "(price > 0))",
            "create table " + order +
                " (id bigint not null primary key, parent_id bigint not null, constraint "
                "order_parent foreign key (parent_id) references parents (id) on delete cascade)",
            "create view z_first as select id, code from parents",
            "create view a_second as select code from z_first",
            "create function twice(x int) returns int deterministic return x * 2",
            "create procedure fill_up(n int) begin declare i int default 0; while i < n do set i = i + 1; "
            "end "
            "while; end",
            "create trigger parents_in before insert on parents for each row begin set new.code = "
            "upper(new.code); end",
        });
        return;
    }
    if (database_.flavor() == Flavor::sqlite) {
        database_.exec({
            "create table parents (id integer primary key autoincrement, code text not null default 'a;b', "
            "price "
            "numeric check (price > 0), twice numeric generated always as (price * 2) virtual)",
            "create table " + order +
                " (id integer primary key, parent_id integer not null references parents "
                "(id) on delete cascade)",
            "create unique index parents_code on parents (code collate nocase)",
            "create index parents_cheap on parents (price) where price < 10",
            "create view a_second as select code from parents",
            "create trigger parents_in after insert on parents begin update parents set code = "
            "upper(new.code) "
            "where id = new.id; delete from " +
                order + " where id = -1; end",
        });
        return;
    }
    database_.exec({
        "create schema \"Old Shop\"",
        "create type mood as enum ('bad', 'it''s fine')",
        "create domain positive as numeric default 1 constraint is_positive check (value > 0)",
        "create type place as (x int, y int)",
        "create sequence numbers increment by 5 start with 10",
        "create function next_code() returns text language plpgsql as $f$ begin return 'c' || "
        "nextval('public.numbers'); end; $f$",
        "create table parents (id bigserial primary key, code text not null default next_code(), price "
        "positive, "
        "how mood, at place, twice numeric generated always as (id * 2) stored, other bigint generated "
        "always as "
        "identity (start with 7), name text collate \"C\", unique (code), constraint price_ok check (price < "
        "100) "
        "not valid) with (fillfactor = 70)",
        "create table " + order +
            " (id int primary key, parent_id bigint references parents (id) on delete "
            "cascade deferrable, span int4range, exclude using gist (span with &&))",
        "create unlogged table \"Old Shop\".\"It's\" (a int, b text[])",
        "create index parents_words on parents using gin (to_tsvector('simple', name))",
        "create unique index parents_half on parents (lower(name)) where price > 5",
        "create view z_first as select id, code from parents",
        "create view a_second with (security_barrier) as select code from z_first",
        "create materialized view counted as select count(*) as n from parents",
        "create function use_view() returns bigint language sql begin atomic select count(*) from a_second; "
        "end",
        "create function touch() returns trigger language plpgsql as $$ begin new.code := upper(new.code); "
        "return "
        "new; end $$",
        "create trigger parents_in before insert on parents for each row execute function touch()",
        "alter table parents disable trigger parents_in",
        "comment on table parents is 'it''s; new'",
        "comment on column parents.code is 'a code'",
    });
    database_.exec(partitions_and_policies());
}

TEST_P(SchemaTool, ADumpOfADumpIsTheSame) {
    make_much();
    const std::string text = dump();
    EXPECT_EQ(dump(), text);
    const auto image = catalog();
    TestDatabase other{GetParam()};
    const Tool there{other.url()};
    migration(1, "load_schema.sql", "-- turntable:up\n" + text);
    const ToolRun up = there.run({"up", "--dir", folder_.path().string()});
    ASSERT_EQ(up.exit_code, 0) << up.text() << text;
    const ToolRun again = there.run({"dump"});
    EXPECT_EQ(again.out, text);
    std::vector<std::string> lines = catalog_image(other.flavor(), other.client());
    std::erase_if(lines, [](const std::string& line) {
        return line.find("turntable") != std::string::npos ||
               line.find("sqlite_sequence") != std::string::npos;
    });
    for (std::string& line : lines) {
        std::erase_if(line, [](char c) { return c == ' ' || c == '\n'; });
    }
    // PostgreSQL 18 names each NOT NULL, a partition's like its parent's; these names are not in a dump. The
    // rows that it keeps of a foreign key for each partition are numbered in the order in which those came.
    const auto without_names_of_not_null = [](std::vector<std::string> all) {
        std::erase_if(all, [](const std::string& line) {
            return line.starts_with("constraint") &&
                   (line.find("NOTNULL") != std::string::npos || line.find("_fkey_") != std::string::npos);
        });
        std::ranges::sort(all);
        return all;
    };
    const auto loaded = without_names_of_not_null(lines), dumped = without_names_of_not_null(image);
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(loaded, dumped, std::back_inserter(differing));
    EXPECT_THAT(differing, testing::IsEmpty());
}

TEST_P(SchemaTool, ADumpSaysWhatItLeavesOutAndRefusesWhatItCannotSay) {
    database_.exec({"create table one (id integer not null primary key)"});
    EXPECT_THAT(dump(), HasSubstr("Not part of it: rows, owners, rights (GRANT)"));
    if (database_.flavor() != Flavor::postgres) {
        return;
    }
    database_.exec({"create table two () inherits (one)"});
    const ToolRun refused = tool_.json({"dump"});
    EXPECT_EQ(refused.exit_code, 5) << refused.text();
    EXPECT_THAT(refused.json()["error"]["message"].get<std::string>(), HasSubstr("public.two"));
}

TEST_P(SchemaTool, ADumpHasNothingOfTurntable) {
    write_shop();
    migration(3, "amounts.toml", R"toml([[op]]
kind = "change_column"
table = "users"
column = "balance"
convert = { rule = "cents", into = "balance_cents", round = "half_even", inexact = "report" }
)toml");
    must({"up"}); // its revert window is open
    EXPECT_THAT(dump(), Not(HasSubstr("turntable")));
    const ToolRun json = tool_.json({"dump"});
    ASSERT_EQ(json.exit_code, 0);
    EXPECT_EQ(json.json()["statements"][0]["kind"], "table") << json.text();
    EXPECT_THAT(json.json()["statements"][0]["sql"].get<std::string>(), HasSubstr("balance_cents"));
}

TEST_P(SchemaTool, NothingChangedIsNoDrift) {
    write_shop();
    migration(3, "amounts.toml", R"toml([[op]]
kind = "change_column"
table = "users"
column = "balance"
convert = { rule = "cents", into = "balance_cents", round = "half_even", inexact = "report" }
)toml");
    must({"up"});
    const ToolRun open = tool_.json({"drift"});
    EXPECT_EQ(open.exit_code, 0) << open.text();
    EXPECT_TRUE(open.json()["drift"].empty());
    EXPECT_EQ(open.json()["against"], "history");
    const ToolRun over = tool_.run({"finalize", tool_.jobs()[0]["job"].get<std::string>()});
    ASSERT_EQ(over.exit_code, 0) << over.text();
    EXPECT_EQ(tool_.run({"drift"}).exit_code, 0);
}

TEST_P(SchemaTool, WhatADownTookBackIsNoDrift) {
    write_shop();
    must({"up"});
    must({"down", "-2"});
    EXPECT_EQ(tool_.run({"drift"}).exit_code, 0);
}

TEST_P(SchemaTool, AColumnAddedByHandIsNamed) {
    write_shop();
    must({"up"});
    database_.exec({"alter table users add column by_hand integer"});
    const ToolRun found = tool_.json({"drift"});
    EXPECT_EQ(found.exit_code, 3) << found.text();
    const auto drift = found.json()["drift"];
    ASSERT_EQ(drift.size(), 1U) << found.text();
    EXPECT_EQ(drift[0]["change"], "differs");
    EXPECT_THAT(drift[0]["name"].get<std::string>(), HasSubstr("users"));
    EXPECT_THAT(drift[0]["has"].dump(), HasSubstr("by_hand"));
    EXPECT_TRUE(drift[0]["lacks"].empty());
    EXPECT_THAT(tool_.run({"drift"}).out, HasSubstr("by_hand"));
}

TEST_P(SchemaTool, AnIndexDroppedByHandIsNamed) {
    write_shop();
    must({"up"});
    database_.exec({mysql_like() ? "drop index users_email on users" : "drop index users_email"});
    const ToolRun found = tool_.json({"drift"});
    EXPECT_EQ(found.exit_code, 3) << found.text();
    EXPECT_THAT(found.json()["drift"].dump(), HasSubstr("users_email"));
}

TEST_P(SchemaTool, AMigrationDoesNotMakeAChangeByHandItsOwn) {
    write_shop();
    must({"up"});
    database_.exec(
        {"create table by_hand (id integer)", "alter table users add column also_by_hand integer"});
    migration(3, "create_notes.sql", "-- turntable:up\ncreate table notes (id integer);\n");
    const ToolRun up = run({"up"});
    EXPECT_EQ(up.exit_code, 0);
    EXPECT_THAT(up.err, HasSubstr("by_hand"));
    const ToolRun found = tool_.json({"drift"});
    EXPECT_EQ(found.exit_code, 3);
    EXPECT_THAT(found.json()["drift"].dump(), HasSubstr("by_hand"));
    EXPECT_THAT(found.json()["drift"].dump(), HasSubstr("also_by_hand"));
    EXPECT_THAT(found.json()["drift"].dump(), Not(HasSubstr("notes")));
    EXPECT_EQ(tool_.run({"drift", "--record"}).exit_code, 0);
    EXPECT_EQ(tool_.run({"drift"}).exit_code, 0);
}

TEST_P(SchemaTool, AScratchDatabaseTellsWithoutARecord) {
    write_shop();
    must({"up"});
    const TestDatabase scratch{GetParam()};
    database_.exec({"alter table users add column by_hand integer"});
    EXPECT_EQ(tool_.run({"drift", "--record"}).exit_code, 0); // says nothing to the scratch database
    const ToolRun found = tool_.json({"drift", "--scratch", scratch.url()});
    EXPECT_EQ(found.exit_code, 3) << found.text();
    EXPECT_EQ(found.json()["against"], "scratch");
    EXPECT_THAT(found.json()["drift"].dump(), HasSubstr("by_hand"));
    const ToolRun full = tool_.json({"drift", "--scratch", scratch.url()});
    EXPECT_EQ(full.exit_code, 5) << "it is not empty any more";
    EXPECT_EQ(full.json()["error"]["code"], "not_empty");
}

TEST_P(SchemaTool, WithoutARecordItSaysSo) {
    const ToolRun none = tool_.json({"drift"});
    EXPECT_EQ(none.exit_code, 5) << none.text();
    EXPECT_EQ(none.json()["error"]["code"], "not_recorded");
}

INSTANTIATE_TEST_SUITE_P(Servers, SchemaTool, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
