// A replica follows by GTID, with a delay that the test sets: how far it is behind is read from it, holds the
// work, and decides where indexes are built.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

constexpr int for_ever = 3600; // seconds of delay; no test waits for them

class Replication : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, u INT UNIQUE, KEY of_v (v))");
        second_url_ = Url::parse(second_server(GetParam().name));
        second_engine_ = make_engine(second_url_);
        second = second_engine_->open(SessionUse::control);
        stop_following();
    }
    void TearDown() override { stop_following(); }

    void stop_following() {
        if (lab.mariadb()) {
            second->run("STOP SLAVE");
            second->run("RESET SLAVE ALL");
            second->run("RESET MASTER");
        } else {
            second->run("STOP REPLICA");
            second->run("RESET REPLICA ALL");
            second->run("RESET BINARY LOGS AND GTIDS");
        }
        second->run("DROP DATABASE IF EXISTS " + lab.database());
    }
    // From here on; what this database has now is made there by hand.
    void follow(int delay) {
        second->run("SET SESSION sql_log_bin = 0");
        second->run("CREATE DATABASE " + lab.database() + " CHARACTER SET utf8mb4");
        second->run("USE " + lab.database());
        second->run("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, u INT UNIQUE, KEY of_v (v))");
        // Nothing of the other tests on this server: their tables are not here, and their writes are many.
        second->run(lab.mariadb() ? "SET GLOBAL replicate_do_db = '" + lab.database() + "'"
                                  : "CHANGE REPLICATION FILTER REPLICATE_DO_DB = (`" + lab.database() + "`)");
        const Url& from = lab.url();
        const std::string port = std::to_string(from.port);
        const std::string password = from.password.value_or("");
        if (lab.mariadb()) {
            second->run("SET GLOBAL gtid_slave_pos = '" + lab.text("SELECT @@GLOBAL.gtid_current_pos") + "'");
            second->run("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = " + port +
                        ", MASTER_USER = '" + from.user + "', MASTER_PASSWORD = '" + password +
                        "', MASTER_USE_GTID = slave_pos, MASTER_DELAY = " + std::to_string(delay));
            second->run("START SLAVE");
        } else {
            second->run("RESET BINARY LOGS AND GTIDS");
            second->run("SET GLOBAL gtid_purged = '" + lab.text("SELECT @@GLOBAL.gtid_executed") + "'");
            second->run("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = " + port +
                        ", SOURCE_USER = '" + from.user + "', SOURCE_PASSWORD = '" + password +
                        "', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_DELAY = " +
                        std::to_string(delay));
            second->run("START REPLICA");
        }
        until([&] { return dump_threads() > 0; });
    }
    void set_delay(int delay) {
        const std::string seconds = std::to_string(delay);
        if (lab.mariadb()) {
            second->run("STOP SLAVE");
            second->run("CHANGE MASTER TO MASTER_DELAY = " + seconds);
            second->run("START SLAVE");
        } else {
            second->run("STOP REPLICA SQL_THREAD");
            second->run("CHANGE REPLICATION SOURCE TO SOURCE_DELAY = " + seconds);
            second->run("START REPLICA SQL_THREAD");
        }
    }
    // Not by information_schema, which MySQL cannot read while a statement holds characters beyond utf8mb3.
    [[nodiscard]] std::ptrdiff_t dump_threads() {
        const ResultSet sessions = lab.open()->run("SHOW PROCESSLIST");
        return std::ranges::count_if(sessions.rows, [](const auto& session) {
            return session.at(4).value_or("").starts_with("Binlog Dump");
        });
    }
    // Fails the test only if it never happens.
    static void until(const std::function<bool()>& happened) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{3};
        while (!happened()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "it never happened";
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(second_url_.port); }
    [[nodiscard]] std::unique_ptr<Sensor> lag_sensor(const std::string& replicas, Millis limit) {
        Settings settings;
        settings.max_lag = limit;
        settings.replicas = replicas;
        return std::move(lab.engine().sensors(settings).at(0));
    }
    // -1: it cannot be read.
    static double lag(Sensor& sensor, Session& session) {
        try {
            return sensor.read(session).value;
        } catch (const std::exception&) {
            return -1;
        }
    }

    std::unique_ptr<Session> second;

  private:
    Url second_url_;
    std::unique_ptr<Engine> second_engine_;
};

TEST_P(Replication, AReplicaBehindHoldsTheCopyUntilItFollows) {
    follow(for_ever);
    lab.sql(
        "INSERT INTO t (id, v, u) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "500) SELECT i, i * 3, i FROM n");
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    settings.max_lag = Millis{5000};
    settings.replicas = address();
    auto job =
        std::async(std::launch::async, [&] { return lab.alter(change("t", {"MODIFY v BIGINT"}), settings); });
    const auto watching = make_engine(lab.url());
    until([&] {
        const std::vector<run::JobLine> lines = run::jobs(*watching);
        return !lines.empty() && lines.front().reason.find(address()) != std::string::npos;
    });
    EXPECT_FALSE(lab.has_table("t__tt_new")) << "nothing begins before the replica is heard";
    set_delay(0);
    const run::Outcome outcome = job.get();
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    lab.sql("UPDATE t SET v = 10000000000 WHERE id = 1");
    const std::string everything = "SELECT CONCAT(COUNT(*), '/', SUM(v)) FROM t";
    const std::string wanted = lab.text(everything);
    until([&] { return second->run(everything).only() == wanted; });
    EXPECT_EQ(lab.finalize(outcome.job).exit_code, 0);
}

TEST_P(Replication, TheReadingFollowsTheReplicaThatThePrimaryLists) {
    follow(0);
    const Millis limit{400};
    const auto sensor = lag_sensor("", limit);
    const auto session = lab.open();
    const auto within = [&] {
        const double read = lag(*sensor, *session);
        return read >= 0 && read <= static_cast<double>(limit.count());
    };
    until(within);
    EXPECT_NE(sensor->read(*session).about.find(address()), std::string::npos);
    second->run(lab.mariadb() ? "STOP SLAVE SQL_THREAD" : "STOP REPLICA SQL_THREAD");
    until([&] { return lag(*sensor, *session) > static_cast<double>(limit.count()); });
    const double before = lag(*sensor, *session);
    EXPECT_GT(lag(*sensor, *session), before) << "it grows while the replica stands still";
    second->run(lab.mariadb() ? "START SLAVE SQL_THREAD" : "START REPLICA SQL_THREAD");
    until(within);
}

// A stopped receiver says it is zero seconds behind; the heartbeat says the truth.
TEST_P(Replication, AReplicaThatReceivesNothingIsBehind) {
    follow(0);
    const auto sensor = lag_sensor(address(), Millis{300});
    const auto session = lab.open();
    until([&] { return lag(*sensor, *session) >= 0; });
    second->run(lab.mariadb() ? "STOP SLAVE IO_THREAD" : "STOP REPLICA IO_THREAD");
    until([&] { return lag(*sensor, *session) > 300; });
}

TEST_P(Replication, AReplicaThatCannotBeReadIsNamedAndHolds) {
    const auto session = lab.open();
    const auto gone = lag_sensor("127.0.0.1:1", Millis{1000});
    try {
        static_cast<void>(gone->read(*session));
        ADD_FAILURE() << "read";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string{error.what()}.find("127.0.0.1:1"), std::string::npos) << error.what();
        EXPECT_EQ(std::string{error.what()}.find(lab.url().password.value_or("?")), std::string::npos);
    }
    const auto stranger = lag_sensor(address(), Millis{100}); // it does not replicate this database
    EXPECT_EQ(lag(*stranger, *session), -1);
}

TEST_P(Replication, WithoutReplicasThereIsNoLag) {
    const auto session = lab.open();
    until([&] { // the last test's dump thread may still be seen
        return dump_threads() == 0;
    });
    const Reading reading = lag_sensor("", Millis{1000})->read(*session);
    EXPECT_EQ(reading.value, 0);
    EXPECT_EQ(reading.about, "no replica");
}

TEST_P(Replication, AMistakeInTheNamesIsToldByThePlan) {
    for (const std::string text : {"host:", "host:0", "host:99999", ":3306", "[::1", "a,,b"}) {
        Settings settings;
        settings.replicas = text;
        try {
            static_cast<void>(lab.plan(change("t", {"MODIFY v BIGINT"}), settings));
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "bad_value") << text;
        }
    }
}

TEST_P(Replication, SecondaryIndexesStayInPlaceWhereReplicasFollow) {
    follow(0);
    const auto builds = [&](DeferIndexes when) {
        Settings settings;
        settings.strategy = StrategyChoice::shadow;
        settings.defer_indexes = when;
        std::string found;
        for (const PlannedStatement& planned : lab.plan(change("t", {"MODIFY v BIGINT"}), settings).script) {
            found += planned.phase == Phase::index ? planned.statement.sql + ";" : "";
        }
        return found;
    };
    for (const DeferIndexes when : {DeferIndexes::automatic, DeferIndexes::never}) {
        EXPECT_EQ(builds(when).find("`of_v`"), std::string::npos) << builds(when);
        EXPECT_NE(builds(when).find("`u`"), std::string::npos) << "unique ones need a replay before them";
    }
    EXPECT_NE(builds(DeferIndexes::always).find("`of_v`"), std::string::npos);
    Settings settings;
    settings.strategy = StrategyChoice::shadow;
    lab.sql("INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)");
    const run::Outcome outcome = lab.alter(change("t", {"MODIFY v BIGINT"}), settings);
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    EXPECT_TRUE(outcome.findings.empty()) << outcome.findings.front();
    EXPECT_EQ(lab.revert(outcome.job).state, run::JobState::reverted);
    EXPECT_EQ(lab.finalize(outcome.job).exit_code, 0);
    stop_following();
    until([&] { return builds(DeferIndexes::automatic).find("`of_v`") != std::string::npos; });
}

TEST_P(Replication, AReadOnlyServerIsNeverWritten) {
    second->run("CREATE DATABASE " + lab.database());
    second->run("CREATE TABLE " + lab.database() + ".t (id INT PRIMARY KEY, v INT)");
    second->run("SET GLOBAL read_only = 1");
    Url url = Url::parse(second_server(GetParam().name));
    url.database = lab.database();
    const auto engine = make_engine(url);
    try {
        static_cast<void>(run::plan_change(*engine, change("t", {"MODIFY v BIGINT"}), {}));
        ADD_FAILURE() << "planned";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "read_only");
        EXPECT_EQ(error.next_step(), "connect to the primary");
    }
    second->run("SET GLOBAL read_only = 0");
    EXPECT_EQ(second
                  ->run("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '" +
                        lab.database() + "'")
                  .only(),
              "1");
}

std::vector<Server> with_a_second() {
    std::vector<Server> found = mysql_servers();
    std::erase_if(found, [](const Server& server) { return second_server(server.name).empty(); });
    return found;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Replication);
INSTANTIATE_TEST_SUITE_P(Servers, Replication, testing::ValuesIn(with_a_second()), server_test_name);

} // namespace
} // namespace turntable::test
