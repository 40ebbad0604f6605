// Migrations behind a pooler in transaction mode: what needs no session of its own works, the rest is
// refused.

#include <csignal>
#include <thread>

#include "lab.hpp"
#include "support/pooler.hpp"

namespace turntable::test {
namespace {

std::vector<Server> postgres_servers() {
    std::vector<Server> out;
    for (const Server& server : one_server_of_each()) {
        if (flavor_of(server) == Flavor::postgres) {
            out.push_back(server);
        }
    }
    return out;
}

class MigratePooled : public MigrateTest {
  protected:
    MigratePooled() : pooler_(Url::parse(database_.url()), "pool_mode = transaction\ndefault_pool_size = 4") {
        tool_ = Tool{pooler_.text(database_.url())};
        for (int tries = 0; tries < 100 && tool_.run({"jobs"}).exit_code == 8 && pooler_.running(); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
    }
    void write_plain() {
        write_shop();
        migration(3, "one_more.sql", "-- turntable:up\ninsert into users (email) values ('c@x');\n");
        migration(4, "fill.toml",
                  "[[op]]\nkind = \"backfill\"\ntable = \"users\"\nset = { full_name = \"'none'\" }\n"
                  "where = \"full_name is null\"\n");
        migration(5, "drop_users.toml", "[[op]]\nkind = \"drop_table\"\ntable = \"users\"\n");
    }

    Pooler pooler_;
};

TEST_P(MigratePooled, PlainMigrationsGoUpAndDown) {
    write_plain();
    const auto before = catalog();
    must({"up", "+4"});
    EXPECT_EQ(number("select count(*) from users where full_name = 'none'"), 1);
    EXPECT_EQ(run({"status", "--check"}).exit_code, 3);
    must({"up"});
    must({"down"});
    EXPECT_EQ(number("select count(*) from users"), 3);
    must({"up"});
    EXPECT_EQ(run({"status", "--check"}).exit_code, 0);
    EXPECT_TRUE(tool_.json({"lock"}).json()["holder"].is_null());
}

TEST_P(MigratePooled, TenRunnersAtOnceApplyEachMigrationOnce) {
    write_plain();
    remove_migration(5, "drop_users.toml");
    std::vector<std::unique_ptr<Process>> runners;
    for (int i = 0; i < 10; ++i) {
        runners.push_back(start({"up"}));
    }
    for (const auto& runner : runners) {
        const ToolRun done = Tool::finish(*runner);
        EXPECT_EQ(done.exit_code, 0) << done.text();
    }
    EXPECT_EQ(number("select count(*) from users"), 3);
    EXPECT_EQ(tool_.json({"history"}).json().size(), 4U);
}

TEST_P(MigratePooled, AKilledRunnerIsFollowedByTheNext) {
    expect_a_killed_runner_is_followed();
}

TEST_P(MigratePooled, WhatNeedsASessionIsRefusedBeforeAnythingIsTouched) {
    write_shop();
    migration(
        3, "note.toml",
        "[[op]]\nkind = \"add_column\"\ntable = \"users\"\ncolumn = \"note\"\ntype = \"varchar(20)\"\n");
    const ToolRun online = json({"up"});
    EXPECT_EQ(online.exit_code, 8) << online.text();
    EXPECT_EQ(online.json()["error"]["code"], "transaction_pooler");
    EXPECT_EQ(json({"status"}).json()["applied"], 0);
    remove_migration(3, "note.toml");
    migration(3, "alone.sql", "-- turntable:up tx=off\ncreate index concurrently i on users (email);\n");
    EXPECT_EQ(json({"up"}).json()["error"]["code"], "transaction_pooler");
    remove_migration(3, "alone.sql");
    migration(3, "setting.sql", "-- turntable:up\nset work_mem = '1MB';\n");
    const ToolRun setting = json({"up"});
    EXPECT_EQ(setting.exit_code, 5) << setting.text();
    EXPECT_EQ(setting.json()["error"]["code"], "session_state");
    EXPECT_EQ(json({"status"}).json()["current"], version(2)) << "it was undone alone";
}

INSTANTIATE_TEST_SUITE_P(On, MigratePooled, testing::ValuesIn(postgres_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MigratePooled);

} // namespace
} // namespace turntable::test
