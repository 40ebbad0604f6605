// Files up and down, and what the history says of them.

#include "lab.hpp"

namespace turntable::test {
namespace {

using testing::HasSubstr;

class MigrateLife : public MigrateTest {};

TEST_P(MigrateLife, UpAppliesWhatIsMissingAndNothingTwice) {
    write_shop();
    must({"up"});
    EXPECT_EQ(number("select count(*) from users"), 2);
    const ToolRun again = json({"up"});
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_TRUE(again.json()["done"].empty()) << again.text();
    EXPECT_EQ(number("select count(*) from users"), 2);
    EXPECT_EQ(json({"status"}).json()["current"], version(2));
    EXPECT_EQ(run({"status", "--check"}).exit_code, 0);
}

TEST_P(MigrateLife, UpAndDownLeaveTheSchemaAsItWas) {
    const auto before = catalog();
    write_shop();
    must({"up", "+1"});
    const auto with_users = catalog();
    must({"up"});
    must({"down"});
    EXPECT_EQ(catalog(), with_users);
    must({"down"});
    EXPECT_EQ(catalog(), before);
    must({"up"});
    EXPECT_EQ(number("select count(*) from users"), 2);
}

const char* const balance_to_cents = R"toml([[op]]
kind = "change_column"
table = "users"
column = "balance"
convert = { rule = "cents", into = "balance_cents", round = "half_even", inexact = "report" }
)toml";

TEST_P(MigrateLife, AConversionIsSwappedBackWithWhatWasWrittenSince) {
    write_shop();
    migration(3, "balance_to_cents.toml", std::string{balance_to_cents} + R"toml([[op]]
kind = "add_column"
table = "users"
column = "note"
type = "varchar(20)"
)toml");
    must({"up"});
    EXPECT_EQ(number("select balance_cents from users where email = 'b@x'"), 1708);
    database_.exec({"insert into users (email, balance_cents) values ('c@x', 250)"});
    must({"down"});
    EXPECT_EQ(number("select count(*) from users where email = 'c@x' and balance = 2.5"), 1);
    EXPECT_EQ(number("select count(*) from users where email = 'b@x' and balance = 17.08"), 1);
    must({"up"}); // again, over the swap that was taken back
    EXPECT_EQ(number("select balance_cents from users where email = 'c@x'"), 250);
}

TEST_P(MigrateLife, AConversionHasAnInverseWhenItsWindowIsOver) {
    write_shop();
    migration(3, "balance_to_cents.toml", balance_to_cents);
    must({"up", "+2"});
    const auto before = catalog();
    must({"up", "--keep-old", "none"});
    EXPECT_EQ(run({"down"}).exit_code, 5) << "values were converted: that needs a word";
    must({"down", "--allow", "lossy", "--keep-old", "none"});
    EXPECT_EQ(number("select count(*) from users where balance = 17.08"), 1);
    EXPECT_EQ(catalog(), before);
}

// The newer of the two would be gone before the older one is refused.
TEST_P(MigrateLife, ADownOfSeveralIsRefusedBeforeTheFirst) {
    write_shop();
    migration(3, "balance_to_cents.toml", balance_to_cents);
    migration(4, "notes.toml",
              "[[op]]\nkind = \"create_table\"\ntable = \"notes\"\ncolumns = [{ name = \"id\", type = "
              "\"int64 not null\" }]\nprimary_key = [\"id\"]\n");
    must({"up", "+3", "--keep-old", "none"});
    must({"up"});
    EXPECT_EQ(run({"down", "-2"}).exit_code, 5);
    EXPECT_EQ(json({"status"}).json()["applied"], 4);
    EXPECT_EQ(number("select count(*) from notes"), 0);
}

// A table that others made or dropped meanwhile is no business of the swap back.
TEST_P(MigrateLife, AnOpenWindowIsAnExactWayBackUntilItsTime) {
    write_shop();
    migration(3, "balance_to_cents.toml", balance_to_cents);
    database_.exec({"create table of_others (id integer primary key)"});
    must({"up"});
    const auto line = json({"status"}).json()["migrations"][2];
    EXPECT_EQ(line["undo"], "lossy");
    EXPECT_EQ(line["undo_now"], "exact");
    EXPECT_FALSE(line["undo_until"].is_null());
    database_.exec({"drop table of_others"});
    const ToolRun down = run({"down"});
    EXPECT_EQ(down.exit_code, 0) << down.text();
    EXPECT_EQ(down.text().find("not as asked"), std::string::npos) << down.text();
}

// On MySQL the copy of the table has the check under a name that the server made up.
TEST_P(MigrateLife, ACheckIsTakenBackByItsNameAlsoWhenItsTableWasMadeAnew) {
    write_shop();
    must({"up"});
    const auto before = catalog();
    migration(3, "balance_is_positive.toml",
              "[[op]]\nkind = \"add_check\"\ntable = \"users\"\nname = \"balance_positive\"\nexpression = "
              "\"balance >= 0\"\n");
    migration(4, "check_goes.toml",
              "[[op]]\nkind = \"drop_check\"\ntable = \"users\"\nname = \"balance_positive\"\n");
    must({"up", "+1", "--keep-old", "none"});
    EXPECT_EQ(json({"status"}).json()["migrations"][2]["undo"], "exact");
    EXPECT_THROW(database_.exec({"insert into users (email, balance) values ('n@x', -1)"}), ClientError);
    must({"down", "--keep-old", "none"});
    EXPECT_EQ(catalog(), before);
    must({"up", "+1", "--keep-old", "none"});
    const ToolRun anew = tool_.run({"alter", "users", "--alter", "ADD COLUMN extra varchar(10)", "--strategy",
                                    "shadow", "--keep-old", "none", "--execute", "--yes"});
    ASSERT_EQ(anew.exit_code, 0) << anew.text();
    EXPECT_THROW(database_.exec({"insert into users (email, balance) values ('n@x', -1)"}), ClientError);
    must({"up", "--keep-old", "none"});
    database_.exec({"insert into users (email, balance) values ('n@x', -1)"});
}

TEST_P(MigrateLife, ADroppedTableComesBackWithItsRows) {
    write_shop();
    migration(3, "drop_users.toml", "[[op]]\nkind = \"drop_table\"\ntable = \"users\"\nretain = \"0s\"\n");
    must({"up", "+2"});
    const auto before = catalog();
    must({"up"});
    EXPECT_THROW(static_cast<void>(number("select count(*) from users")), ClientError);
    must({"down"});
    EXPECT_EQ(number("select count(*) from users"), 2);
    EXPECT_EQ(catalog(), before);
    must({"up"});
    const ToolRun purge = tool_.run({"finalize", "--due"});
    EXPECT_EQ(purge.exit_code, 0) << purge.text();
    const ToolRun late = json({"down"});
    EXPECT_EQ(late.exit_code, 5) << late.text();
    EXPECT_EQ(late.json()["error"]["code"], "not_kept");
}

TEST_P(MigrateLife, RowsByKeyComeBackAsTheyWere) {
    write_shop();
    migration(3, "rows.toml", R"toml([[op]]
kind = "upsert_rows"
table = "users"
key = ["email"]
rows = [{ email = "a@x", full_name = "Changed", balance = 2.0 }, { email = "n@x", full_name = "New", balance = 0.5 }]
)toml");
    must({"up"});
    EXPECT_EQ(number("select count(*) from users"), 3);
    EXPECT_EQ(number("select count(*) from users where email = 'a@x' and full_name = 'Changed'"), 1);
    must({"down"});
    EXPECT_EQ(number("select count(*) from users"), 2);
    EXPECT_EQ(
        number(
            "select count(*) from users where email = 'a@x' and full_name = 'Ann Alpha' and balance = 1.25"),
        1);
}

TEST_P(MigrateLife, ASplitFillsEveryRowInBatches) {
    write_shop();
    migration(3, "split_name.toml", R"toml([[op]]
kind = "split_column"
table = "users"
column = "full_name"
[[op.into]]
column = "first_name"
type = "varchar(100)"
[op.into.value]
postgresql = "split_part(full_name, ' ', 1)"
sqlite = "substr(full_name, 1, instr(full_name, ' ') - 1)"
default = "substring_index(full_name, ' ', 1)"
[[op.into]]
column = "last_name"
type = "varchar(100)"
[op.into.value]
postgresql = "split_part(full_name, ' ', 2)"
sqlite = "substr(full_name, instr(full_name, ' ') + 1)"
default = "substring_index(full_name, ' ', -1)"
)toml");
    must({"up", "+2"});
    const auto before = catalog();
    must({"up"});
    EXPECT_EQ(number("select count(*) from users where first_name = 'Ann' and last_name = 'Alpha'"), 1);
    EXPECT_EQ(number("select count(*) from users where first_name = 'Bob;' and last_name = 'Beta'"), 1);
    must({"down", "--allow", "lossy", "--keep-old", "none"});
    EXPECT_EQ(catalog(), before);
}

TEST_P(MigrateLife, NotNullOverNullsFillsThemFirst) {
    write_shop();
    migration(3, "full_name_is_needed.toml", R"toml([[op]]
kind = "set_not_null"
table = "users"
column = "full_name"
fill = "'unknown'"
default = "'unknown'"
)toml");
    must({"up", "+2"});
    database_.exec({"insert into users (email) values ('n@x')"});
    must({"up"});
    EXPECT_EQ(number("select count(*) from users where full_name = 'unknown'"), 1);
    EXPECT_THROW(database_.exec({"insert into users (email, full_name) values ('m@x', null)"}), ClientError);
    database_.exec({"insert into users (email) values ('o@x')"});
    EXPECT_EQ(number("select count(*) from users where full_name = 'unknown'"), 2);
}

TEST_P(MigrateLife, HistorySaysWhoAndWhatAndTheViewSaysTheVersion) {
    write_shop();
    must({"up"});
    must({"down"});
    const auto events = tool_.json({"history"}).json();
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[2]["action"], "down");
    EXPECT_EQ(events[2]["version"], version(2));
    EXPECT_FALSE(events[0]["by"].get<std::string>().empty());
    const std::string view =
        database_.flavor() == Flavor::postgres ? "turntable.turntable_current" : "turntable_current";
    EXPECT_EQ(database_.client().cell("select version from " + view), version(1));
    EXPECT_EQ(database_.client().cell("select state from " + view), "clean");
}

INSTANTIATE_TEST_SUITE_P(On, MigrateLife, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
