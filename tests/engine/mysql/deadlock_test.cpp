// Deadlocks made on purpose, with the tool's own transaction as the victim: a heavier one of somebody else
// has a row of the shadow that the tool wants, and wants what the tool has. It is tried again, and nothing is
// lost.
#include <chrono>
#include <functional>
#include <future>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"
#include "support/silence.hpp"

namespace turntable::test {
namespace {

class Deadlocks : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT)");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 800) "
                "SELECT i, i * 3 FROM n");
        lab.sql("CREATE TABLE weight (a INT, b INT)");
        lab.sql("CREATE TABLE numbers (i INT)"); // not t: the heavy transaction must not lock its name
        lab.sql("INSERT INTO numbers SELECT id FROM t WHERE id <= 90");
        settings.strategy = StrategyChoice::shadow;
        settings.workers = 1;
    }
    // A transaction that the servers would rather keep: it has changed more rows than any of ours.
    void begin_heavy() {
        other = lab.open();
        other->run("SET SESSION innodb_lock_wait_timeout = 60");
        other->begin(TxMode::write);
        other->run("INSERT INTO weight SELECT x.i, y.i FROM numbers AS x JOIN numbers AS y");
    }
    [[nodiscard]] std::int64_t deadlocks() {
        const ResultSet found =
            lab.mariadb() ? lab.sql("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
                          : lab.sql("SELECT NAME, COUNT FROM information_schema.INNODB_METRICS WHERE NAME = "
                                    "'lock_deadlocks'");
        return std::stoll(found.rows.at(0).at(1).value_or("0"));
    }
    // A transaction in this database waits for a row.
    [[nodiscard]] bool somebody_waits() {
        return lab.number(
                   "SELECT COUNT(*) FROM information_schema.INNODB_TRX AS x JOIN "
                   "information_schema.PROCESSLIST AS p ON p.ID = x.trx_mysql_thread_id WHERE x.trx_state = "
                   "'LOCK WAIT' AND p.DB = '" +
                   lab.database() + "'") > 0;
    }
    static void until(const std::function<bool()>& happened) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{3};
        while (!happened()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "it never happened";
            // INNODB_TRX shows what it showed before to who asks again within a tenth of a second.
            std::this_thread::sleep_for(std::chrono::milliseconds{150});
        }
    }
    // Holds what `hold` locks until ours waits for it, then wants `want`; until a deadlock has come of it.
    // Ours waits five seconds at most, so on a slow machine it may take more than one try.
    void spring(const std::string& hold, const std::string& want, const std::function<void()>& start) {
        const std::int64_t before = deadlocks();
        bool started = false;
        until([&] {
            begin_heavy();
            other->run(hold);
            if (!started) {
                start();
                started = true;
            }
            until([&] { return somebody_waits(); });
            other->run(want); // not the victim: it would throw
            other->rollback();
            return deadlocks() > before;
        });
    }
    void expect_all_rows(const std::string& v_of_1) {
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t"), 800);
        EXPECT_EQ(lab.number("SELECT SUM(v) FROM t WHERE id > 2"), 3 * (800 * 801 / 2 - 3));
        EXPECT_EQ(lab.text("SELECT v FROM t WHERE id = 1"), v_of_1);
        EXPECT_EQ(lab.text("SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
                           "AND TABLE_NAME = 't' AND COLUMN_NAME = 'v'"),
                  "bigint");
    }

    Settings settings;
    std::unique_ptr<Session> other;
    const std::string owner_ = "SELECT * FROM _turntable_owner FOR UPDATE";
};

TEST_P(Deadlocks, OfTheCopyAreTriedAgain) {
    // A reader keeps the triggers out, so that the job waits with its shadow made and nothing copied.
    const auto reader = lab.open();
    reader->begin(TxMode::write);
    reader->run("SELECT COUNT(*) FROM t");
    auto job =
        std::async(std::launch::async, [&] { return lab.alter(change("t", {"MODIFY v BIGINT"}), settings); });
    until([&] { return lab.has_table("t__tt_rev"); });
    spring("INSERT INTO t__tt_new VALUES (400, 0)", owner_, [&] { reader->rollback(); });
    const run::Outcome outcome = job.get();
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    expect_all_rows("3");
}

TEST_P(Deadlocks, OfTheReplayAreTriedAgain) {
    settings.cutover = CutoverMode::manual;
    auto job =
        std::async(std::launch::async, [&] { return lab.alter(change("t", {"MODIFY v BIGINT"}), settings); });
    const auto watching = make_engine(lab.url());
    const auto line = [&] {
        const std::vector<run::JobLine> lines = run::jobs(*watching);
        return lines.empty() ? run::JobLine{} : lines.front();
    };
    until([&] { return line().state == run::JobState::ready; });
    // While it waits to be cut over it goes on replaying.
    spring("SELECT * FROM t__tt_new WHERE id = 1 FOR UPDATE", owner_,
           [&] { lab.sql("UPDATE t SET v = 77 WHERE id = 1"); });
    Silence quiet;
    static_cast<void>(run::cutover({*watching, quiet, [] { return false; }, real_clock()}, line().job));
    const run::Outcome outcome = job.get();
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    expect_all_rows("77");
}

// MySQL's table locks let nobody in there: it waits for the whole table instead, and gives up in time.
TEST_P(Deadlocks, OfTheDrainUnderTheLockLeaveTheTableAndTheNextTrySwaps) {
    HandDriver hand{lab, change("t", {"MODIFY v BIGINT"})};
    hand.up_to_swap();
    { // A try that comes to nothing puts the triggers of the way back in place, which would wait for the
      // other.
        const auto writer = lab.open();
        const Transaction open_transaction{*writer, TxMode::write};
        writer->run("UPDATE t SET v = 1 WHERE id = 5");
        hand.lock_timeout = Millis{50};
        ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::lock_not_granted);
        hand.lock_timeout = Millis{2000};
    }
    lab.sql("UPDATE t SET v = 77 WHERE id IN (1, 2)");
    const std::int64_t before = deadlocks();
    begin_heavy();
    other->run("SELECT * FROM t__tt_new WHERE id = 2 FOR UPDATE");
    auto swap = std::async(std::launch::async, [&] {
        try {
            return hand.swap().kind;
        } catch (const DatabaseError& error) {
            EXPECT_EQ(error.kind(), DatabaseErrorKind::transient) << error.what();
            return SwapOutcome::Kind::lock_not_granted;
        }
    });
    if (lab.mariadb()) {
        until([&] { return somebody_waits(); });
        other->run("SELECT * FROM t__tt_new WHERE id = 1 FOR UPDATE");
        EXPECT_GT(deadlocks(), before);
    }
    EXPECT_EQ(swap.get(), SwapOutcome::Kind::lock_not_granted);
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t"), 800) << "the application has its table";
    lab.sql("UPDATE t SET v = 78 WHERE id = 1"); // and may write it
    other->rollback();
    ASSERT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    lab.sql("UPDATE t SET v = 6 WHERE id = 2");
    expect_all_rows("78");
}

TURNTABLE_ON_BOTH_SERVERS(Deadlocks);

} // namespace
} // namespace turntable::test
