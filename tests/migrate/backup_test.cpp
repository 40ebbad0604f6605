// --backup: a whole copy from before the first change, while others write; for SQLite, refused elsewhere.

#include <atomic>
#include <filesystem>
#include <thread>

#include "lab.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;

class MigrateBackup : public MigrateTest {
  protected:
    [[nodiscard]] bool sqlite() const { return database_.flavor() == Flavor::sqlite; }
    [[nodiscard]] std::string place(const std::string& name) const {
        return (backups_.path() / name).string();
    }
    void one_more() {
        migration(3, "one_more.sql",
                  "-- turntable:up\ncreate table extra (n int);\n-- turntable:down\ndrop table extra;\n");
    }
    TempDir backups_;
};

TEST_P(MigrateBackup, IsRefusedWhereTheServerHasItsOwnTools) {
    if (sqlite()) {
        write_shop();
        must({"up", "--backup", place("first.db")});
        return;
    }
    write_shop();
    const ToolRun refused = json({"up", "--backup", place("first.db")});
    EXPECT_EQ(refused.exit_code, 5) << refused.text();
    EXPECT_EQ(refused.json()["error"]["code"], "no_backup");
    EXPECT_EQ(json({"status"}).json()["applied"], 0);
}

TEST_P(MigrateBackup, AScratchFileThatIsNotThereIsMade) {
    if (!sqlite()) {
        return;
    }
    write_shop();
    const ToolRun tested = json({"test", "--scratch", "sqlite:" + place("new.db")});
    EXPECT_EQ(tested.exit_code, 0) << tested.text();
    const ToolRun missing =
        Tool{"sqlite:" + place("none.db")}.run({"status", "--dir", folder_.path().string()});
    EXPECT_EQ(missing.exit_code, 8) << "any other database is made by its owner";
    EXPECT_FALSE(fs::exists(place("none.db")));
}

INSTANTIATE_TEST_SUITE_P(On, MigrateBackup, testing::ValuesIn(one_server_of_each()), server_name);

// Whose transactions each put one row into both of two tables, until it is told to stop.
class PairWriter {
  public:
    explicit PairWriter(const TestDatabase& database)
        : thread_([this, client = database.open()] {
              client->query("pragma busy_timeout = 10000");
              for (int n = 1000; !over_; ++n) {
                  client->query("begin immediate");
                  client->query("insert into users (id, email) values (" + std::to_string(n) + ", 'w" +
                                std::to_string(n) + "@x')");
                  client->query("insert into twins values (" + std::to_string(n) + ")");
                  client->query("commit");
                  ++written_;
              }
          }) {}
    ~PairWriter() {
        over_ = true;
        thread_.join();
    }
    PairWriter(const PairWriter&) = delete;
    PairWriter& operator=(const PairWriter&) = delete;
    void wait_for(int more) const {
        for (const int until = written_ + more; written_ < until;) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }

  private:
    std::atomic<bool> over_{false};
    std::atomic<int> written_{0};
    std::thread thread_;
};

class SqliteBackup : public MigrateBackup {};

TEST_P(SqliteBackup, IsTheStateOfOneMomentBesideWriters) {
    write_shop();
    must({"up"});
    database_.exec(
        {"pragma journal_mode = wal", "create table twins (n integer primary key)",
         "create table ballast (b)",
         "with recursive c(i) as (select 1 union all select i + 1 from c where i < 4000) insert into "
         "ballast select randomblob(3000) from c"});
    one_more();
    ToolRun up;
    {
        const PairWriter writer{database_};
        writer.wait_for(20);
        up = json({"up", "--backup", backups_.path().string()});
        writer.wait_for(20);
    }
    ASSERT_EQ(up.exit_code, 0) << up.text();
    const std::string file = up.json()["backup"];
    EXPECT_EQ(fs::path{file}.parent_path(), backups_.path());
    EXPECT_EQ(std::distance(fs::directory_iterator{backups_.path()}, fs::directory_iterator{}), 1)
        << "nothing half is left beside it";
    const auto saved = connect(Flavor::sqlite, "sqlite:" + file);
    EXPECT_EQ(saved->cell("pragma integrity_check"), "ok");
    EXPECT_EQ(saved->number("select count(*) from twins"),
              saved->number("select count(*) from users where id >= 1000"))
        << "a transaction is there as a whole or not at all";
    EXPECT_GE(saved->number("select count(*) from twins"), 20);
    EXPECT_EQ(saved->number("select count(*) from ballast"), 4000);
    EXPECT_EQ(saved->number("select count(*) from sqlite_master where name = 'extra'"), 0)
        << "from before it";
}

TEST_P(SqliteBackup, IsRestoredByPuttingItInPlaceOfTheFile) {
    write_shop();
    must({"up"});
    one_more();
    must({"up", "--backup", place("before.db")});
    database_.exec({"delete from users"});
    database_.reconnect();
    const std::string path = database_.url().substr(std::string{"sqlite:"}.size());
    for (const char* const ending : {"", "-wal", "-shm", "-journal"}) {
        fs::remove(path + ending);
    }
    fs::copy_file(place("before.db"), path);
    EXPECT_EQ(number("select count(*) from users"), 2);
    EXPECT_EQ(json({"status"}).json()["current"], version(2));
    must({"up"});
    EXPECT_EQ(number("select count(*) from extra"), 0);
}

TEST_P(SqliteBackup, NeverReplacesAFile) {
    write_shop();
    const std::string taken = backups_.file("taken.db", "mine");
    const ToolRun refused = json({"up", "--backup", taken});
    EXPECT_EQ(refused.exit_code, 2) << refused.text();
    EXPECT_EQ(refused.json()["error"]["code"], "backup_exists");
    EXPECT_EQ(json({"status"}).json()["applied"], 0);
    EXPECT_EQ(fs::file_size(taken), 4U);
}

INSTANTIATE_TEST_SUITE_P(On, SqliteBackup, testing::Values(Server{"sqlite", ""}), server_name);

} // namespace
} // namespace turntable::test
