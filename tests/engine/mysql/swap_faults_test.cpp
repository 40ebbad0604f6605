// The swap beside writers, with the death of every session at every one of its statements, before and after
// the statement took effect. Whatever dies: the table is there, and no write is lost.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>

#include "hand_driver.hpp"
#include "on_both_servers.hpp"
#include "support/depth.hpp"

namespace turntable::test {
namespace {

enum class Moment { before, after };

// The statements at which some session has died already, with their numbers left out: ids differ from try to
// try.
class Deaths {
  public:
    explicit Deaths(int stride) : stride_(stride), count_(stride / 2) {}
    // True if the statement is met for the first time, and its turn.
    [[nodiscard]] bool comes(const std::string& sql) {
        std::string text;
        std::ranges::copy_if(sql, std::back_inserter(text), [](char c) { return c < '0' || c > '9'; });
        return seen_.insert(text).second && count_++ % stride_ == 0;
    }

  private:
    int stride_, count_;
    std::set<std::string> seen_;
};

// Sessions of which one dies at the next such statement: its connection is ended on the server, as a crash of
// that client would.
class MortalSessions final : public SessionSource {
  public:
    MortalSessions(Lab& lab, Deaths& deaths, Moment moment) : lab_(lab), deaths_(deaths), moment_(moment) {}
    std::unique_ptr<Session> open(SessionUse use) override;
    [[nodiscard]] bool killed() const { return killed_; }
    [[nodiscard]] const std::string& victim() const { return victim_; }

  private:
    friend class MortalSession;
    [[nodiscard]] std::optional<Moment> death_at(const std::string& sql) {
        const std::scoped_lock lock{mutex_};
        if (killed_ || !deaths_.comes(sql)) {
            return std::nullopt;
        }
        killed_ = true;
        victim_ = sql;
        return moment_;
    }
    Lab& lab_;
    Deaths& deaths_;
    Moment moment_;
    std::mutex mutex_;
    bool killed_ = false;
    std::string victim_;
};

class MortalSession final : public Session {
  public:
    MortalSession(std::unique_ptr<Session> inner, MortalSessions& owner)
        : inner_(std::move(inner)), owner_(owner) {}
    using Session::run;
    ResultSet run(const Statement& statement) override {
        const std::optional<Moment> death = owner_.death_at(statement.sql);
        if (death == Moment::before) {
            die();
        }
        ResultSet result = inner_->run(statement);
        if (death == Moment::after) {
            die();
            throw DatabaseError{DatabaseErrorKind::outcome_unknown, "2013", "the answer was lost",
                                statement.sql};
        }
        return result;
    }
    void begin(TxMode mode) override { inner_->begin(mode); }
    void commit() override { inner_->commit(); }
    void rollback() noexcept override { inner_->rollback(); }
    void cancel() noexcept override { inner_->cancel(); }
    [[nodiscard]] bool usable() const noexcept override { return inner_->usable(); }
    [[nodiscard]] std::string server_id() const override { return inner_->server_id(); }

  private:
    void die() {
        const auto killer = owner_.lab_.open();
        killer->run("KILL CONNECTION " + inner_->server_id());
        // Not by information_schema, which MySQL cannot read while a statement holds characters beyond
        // utf8mb3.
        const auto is_there = [&] {
            return std::ranges::any_of(killer->run("SHOW PROCESSLIST").rows, [&](const auto& session) {
                return session.at(0) == inner_->server_id();
            });
        };
        while (is_there()) {
            std::this_thread::yield();
        }
    }
    std::unique_ptr<Session> inner_;
    MortalSessions& owner_;
};

std::unique_ptr<Session> MortalSessions::open(SessionUse use) {
    return std::make_unique<MortalSession>(lab_.engine().open(use), *this);
}

class SwapFaults : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NOT NULL, KEY (v))");
        lab.sql("INSERT INTO t (v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                "500) SELECT "
                "i FROM n");
        lab.sql("CREATE TABLE twin LIKE t");
        lab.sql("INSERT INTO twin SELECT * FROM t");
    }

    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(1 + random % 600);
        const std::string statement = random / 1000 % 3 == 0 ? "DELETE FROM t WHERE id = " + id
                                      : random / 1000 % 3 == 1
                                          ? "INSERT INTO t (id, v) VALUES (" + id + ", 7)"
                                          : "UPDATE t SET v = v + 1 WHERE id = " + id;
        // A statement that met no row holds no lock: the row may appear before the twin is written.
        if (session.run(statement).affected == 0) {
            return;
        }
        std::string twin = statement;
        twin.replace(twin.find(" t "), 3, " twin ");
        session.run(twin);
    }

    std::string tables = "t, twin";
    [[nodiscard]] std::int64_t differing() {
        return lab.number(
            "SELECT COUNT(*) FROM (SELECT id, v FROM (SELECT 't' AS s, id, v FROM t UNION ALL SELECT 'w', "
            "id, v FROM twin) AS u GROUP BY id, v HAVING SUM(s = 't') <> SUM(s = 'w')) AS d");
    }

    // What must hold right after a death and the look where the tables are.
    std::function<void()> check_followers = [] {};
    // stride: every how manieth statement is a deadly one.
    void no_death_loses_anything(int stride = 1);
    // Tries with a death each, until the tables are swapped or there were enough of them.
    void die_and_try_again(HandDriver& driver, Deaths& deaths, Moment moment, int tries);
    // Ends the change and compares.
    void end_well(HandDriver& driver, Writers& writers);
    bool survived = false; // a try in which nobody died, to its end
    std::string context;   // who died
};

void SwapFaults::die_and_try_again(HandDriver& driver, Deaths& deaths, Moment moment, int tries) {
    Placement placement = Placement::captured;
    for (int n = 0; n < tries && placement == Placement::captured; ++n) {
        MortalSessions mortal{lab, deaths, moment};
        const auto session = mortal.open(SessionUse::control);
        SwapOutcome outcome;
        try {
            outcome = driver.swap(mortal, *session);
        } catch (const DatabaseError&) {
            outcome.kind = SwapOutcome::Kind::outcome_unknown;
        }
        context += mortal.victim() + "\n";
        placement = driver.engine.swapper().where_is(*driver.session, driver.blueprint);
        ASSERT_TRUE(placement == Placement::captured || placement == Placement::swapped)
            << context << " -> " << static_cast<int>(placement);
        ASSERT_TRUE(outcome.kind != SwapOutcome::Kind::done || placement == Placement::swapped) << context;
        check_followers();
        survived = survived || (!mortal.killed() && placement == Placement::swapped);
    }
}

void SwapFaults::end_well(HandDriver& driver, Writers& writers) {
    while (driver.engine.swapper().where_is(*driver.session, driver.blueprint) == Placement::captured) {
        static_cast<void>(driver.swap());
    }
    writers.stop();
    ASSERT_EQ(writers.error(), "") << context;
    ASSERT_EQ(lab.number("SELECT COUNT(*) FROM t__tt_log"), 0) << context;
    ASSERT_EQ(differing(), 0) << context;
    ASSERT_EQ(lab.text("SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND "
                       "TABLE_NAME = 't' AND COLUMN_NAME = 'v'"),
              "bigint")
        << context;
    driver.engine.swapper().after_swap(*driver.session, driver.blueprint, Direction::forward);
    driver.finalize();
    ASSERT_EQ(lab.objects(), tables) << context;
    ASSERT_TRUE(driver.engine.planner()
                    .unexpected_changes(*driver.session, driver.blueprint, Planner::Moment::finalized)
                    .empty())
        << context;
    lab.sql("ALTER TABLE t MODIFY v INT NOT NULL");
}

// A try that was cut off before the renaming leaves a change that goes on: several die in the same one, at
// full depth each in one of its own.
void SwapFaults::no_death_loses_anything(int stride) {
    const int tries = full_depth() ? 1 : 12;
    for (const Moment moment : {Moment::before, Moment::after}) {
        Deaths deaths{stride};
        survived = false;
        while (!survived && !HasFatalFailure()) {
            context.clear();
            HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
            driver.up_to_swap();
            Writers writers{lab, 2, write};
            die_and_try_again(driver, deaths, moment, tries);
            if (!HasFatalFailure()) {
                end_well(driver, writers);
            }
        }
    }
}

TEST_P(SwapFaults, NoDeathOfAnySessionLosesAWriteOrTheTable) {
    no_death_loses_anything();
}

TEST_P(SwapFaults, NoDeathOfAnySessionLosesAForeignKey) {
    if (lab.mariadb()) { // refused there, see foreign_keys_test.cpp
        return;
    }
    lab.sql("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)");
    lab.sql("INSERT INTO parent VALUES (1), (2)");
    lab.sql("ALTER TABLE t ADD p INT NOT NULL DEFAULT 1, ADD up INT NULL, ADD CONSTRAINT fk FOREIGN KEY (p) "
            "REFERENCES parent (id), ADD CONSTRAINT up FOREIGN KEY (up) REFERENCES t (id) ON DELETE CASCADE");
    tables = "parent, t, twin";
    check_followers = [this] {
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE "
                             "CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME <> 't'"),
                  0)
            << context; // on a helper table it would keep parents from going
        lab.sql("INSERT INTO t (id, v, p) VALUES (8000, 1, 2)");
        lab.sql("INSERT INTO t (id, v, p, up) VALUES (8001, 1, 2, 8000)");
        EXPECT_THROW(lab.sql("DELETE FROM parent WHERE id = 2"), DatabaseError) << context;
        lab.sql("DELETE FROM t WHERE id = 8000");
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE id = 8001"), 0) << context;
        lab.sql("DELETE FROM parent WHERE id = 2");
        lab.sql("INSERT INTO parent VALUES (2)");
    };
    no_death_loses_anything();
}

// A child that refers to the table, a parent that deletes on, and triggers: at every death each is as it was.
TEST_P(SwapFaults, NoDeathOfAnySessionLosesWhatFollowsTheTable) {
    if (lab.mariadb()) { // refused there
        return;
    }
    lab.sql("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)");
    lab.sql("INSERT INTO parent VALUES (1), (2)");
    for (const char* const table : {"t", "twin"}) {
        const std::string name = table;
        lab.sql("ALTER TABLE " + name + " ADD p INT NOT NULL DEFAULT 1, ADD CONSTRAINT " + name +
                "_p FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE");
        lab.sql("CREATE TABLE audit_" + name + " (what CHAR(1) NOT NULL, id INT NOT NULL, KEY (id))");
        lab.sql("CREATE TRIGGER " + name + "_i AFTER INSERT ON " + name + " FOR EACH ROW INSERT INTO audit_" +
                name + " VALUES ('i', NEW.id)");
        lab.sql("CREATE TRIGGER " + name + "_d AFTER DELETE ON " + name + " FOR EACH ROW INSERT INTO audit_" +
                name + " VALUES ('d', OLD.id)");
    }
    lab.sql("CREATE TABLE child (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, t INT NOT NULL, CONSTRAINT c "
            "FOREIGN KEY "
            "(t) REFERENCES t (id) ON DELETE CASCADE)");
    tables = "audit_t, audit_twin, child, parent, t, trigger t_d, trigger t_i, trigger twin_d, trigger "
             "twin_i, twin";
    check_followers = [this] {
        // A new row can have a child at once, and the child goes with it.
        lab.sql("INSERT INTO t (id, v) VALUES (8000, 1)");
        lab.sql("INSERT INTO twin (id, v) VALUES (8000, 1)");
        lab.sql("INSERT INTO child (t) VALUES (8000)");
        lab.sql("DELETE FROM t WHERE id = 8000");
        lab.sql("DELETE FROM twin WHERE id = 8000");
        EXPECT_EQ(lab.number("SELECT COUNT(*) FROM child"), 0) << context;
        EXPECT_THROW(lab.sql("INSERT INTO child (t) VALUES (8000)"), DatabaseError) << context;
    };
    no_death_loses_anything(full_depth() ? 1 : 3);
    EXPECT_EQ(lab.text("SELECT GROUP_CONCAT(what, id, ': ', a, ' instead of ', e) FROM (SELECT what, id, "
                       "SUM(s = 'a') AS "
                       "a, SUM(s = 'e') AS e FROM (SELECT 'a' AS s, what, id FROM audit_t UNION ALL SELECT "
                       "'e', what, id "
                       "FROM audit_twin) AS u GROUP BY what, id HAVING a <> e) AS d"),
              "NULL");
}

TEST_P(SwapFaults, AReaderInTheWayIsNamedAndTheApplicationGoesOn) {
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    driver.up_to_swap();
    driver.lock_timeout = Millis{200};
    const auto reader = lab.open();
    Transaction open{*reader, TxMode::write};
    reader->run("UPDATE t SET v = v WHERE id = 1");
    const SwapOutcome outcome = driver.swap();
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::lock_not_granted);
    ASSERT_FALSE(outcome.blockers.empty());
    EXPECT_EQ(outcome.blockers.front().session, reader->server_id());
    const auto writer = lab.open();
    writer->run("UPDATE t SET v = 5 WHERE id = 2");
    open.commit();
    EXPECT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.number("SELECT v FROM t WHERE id = 2"), 5);
}

// It holds a row lock, too, and no lock that LOCK TABLES … READ waits for: on MariaDB the renaming meets it.
TEST_P(SwapFaults, ATransactionThatHasReadTheTableStopsNobodyForLong) {
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    driver.up_to_swap();
    driver.lock_timeout = Millis{200};
    driver.hold = Millis{300};
    lab.sql("UPDATE t SET v = v + 1 WHERE id < 10");
    const auto reader = lab.open();
    Transaction open{*reader, TxMode::write};
    static_cast<void>(reader->run("SELECT v FROM t WHERE id = 1 LOCK IN SHARE MODE"));
    static_cast<void>(reader->run("SELECT COUNT(*) FROM t"));
    SwapOutcome outcome;
    for (int tries = 0; tries < 10; ++tries) { // on a busy machine the drain may use the budget up
        const auto start = std::chrono::steady_clock::now();
        outcome = driver.swap();
        EXPECT_LT(std::chrono::steady_clock::now() - start, Millis{2000});
        if (outcome.kind != SwapOutcome::Kind::over_budget) {
            break;
        }
    }
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::lock_not_granted);
    ASSERT_FALSE(outcome.blockers.empty());
    EXPECT_EQ(outcome.blockers.front().session, reader->server_id());
    lab.sql("UPDATE t SET v = 5 WHERE id = 2");
    open.commit();
    EXPECT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.number("SELECT v FROM t WHERE id = 2"), 5);
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t__tt_log"), 0);
}

TEST_P(SwapFaults, ARowThatSomebodyHoldsIsNotWaitedForBeyondTheBudget) {
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    driver.up_to_swap();
    lab.sql("UPDATE t SET v = 7 WHERE id = 5");
    driver.hold = Millis{0};
    ASSERT_EQ(driver.swap().kind, SwapOutcome::Kind::over_budget); // the shadow has its triggers now
    driver.lock_timeout = Millis{200};
    driver.hold = Millis{300};
    const auto holder = lab.open();
    Transaction open{*holder, TxMode::write};
    static_cast<void>(holder->run("SELECT v FROM t__tt_new WHERE id = 5 FOR UPDATE"));
    const auto start = std::chrono::steady_clock::now();
    const SwapOutcome outcome = driver.swap();
    EXPECT_LT(std::chrono::steady_clock::now() - start, Millis{1500});
    EXPECT_EQ(outcome.kind,
              lab.mariadb() ? SwapOutcome::Kind::over_budget : SwapOutcome::Kind::lock_not_granted);
    EXPECT_EQ(driver.session->run("SELECT @@autocommit = 1 AND @@foreign_key_checks = 1").only(), "1");
    lab.sql("UPDATE t SET v = 8 WHERE id = 5");
    open.commit();
    EXPECT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.number("SELECT v FROM t WHERE id = 5"), 8);
}

TEST_P(SwapFaults, ABacklogOverTheBudgetIsGivenBackToTheOnlineReplay) {
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    driver.up_to_swap();
    driver.hold = Millis{0};
    lab.sql("UPDATE t SET v = v + 1");
    EXPECT_EQ(driver.swap().kind, SwapOutcome::Kind::over_budget);
    EXPECT_EQ(driver.engine.swapper().where_is(*driver.session, driver.blueprint), Placement::captured);
    driver.hold = Millis{5000};
    EXPECT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
}

TEST_P(SwapFaults, AutoIncrementGoesOnWhereItStood) {
    lab.sql("INSERT INTO t (id, v) VALUES (90000, 1)");
    lab.sql("DELETE FROM t WHERE id = 90000");
    HandDriver driver{lab, change("t", {"MODIFY v BIGINT NOT NULL"})};
    driver.up_to_swap();
    ASSERT_EQ(driver.swap().kind, SwapOutcome::Kind::done);
    lab.sql("INSERT INTO t (v) VALUES (1)");
    EXPECT_EQ(lab.number("SELECT MAX(id) FROM t"), 90001);
}

TURNTABLE_ON_BOTH_SERVERS(SwapFaults);

} // namespace
} // namespace turntable::test
