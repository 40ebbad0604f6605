// Foreign keys that a change adds: in place, under writers of both tables, with no row left that refers to
// nothing, whatever is written, held or killed at whatever moment.
#include <algorithm>

#include "on_both_servers.hpp"
#include "support/fault_engine.hpp"
#include "support/silence.hpp"
#include "support/virtual_clock.hpp"

namespace turntable::test {
namespace {

const std::string owned = "ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES owners (id)";

FaultPlan fault_once(Fault fault, const std::string& only) {
    FaultPlan plan;
    plan.fault = fault;
    plan.only = only;
    plan.fail_at = 1;
    return plan;
}

class AddedKeys : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE owners (id INT NOT NULL PRIMARY KEY, code VARCHAR(20))");
        lab.sql("INSERT INTO owners WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                "300) SELECT i, CONCAT('c', i) FROM n");
        lab.sql("CREATE TABLE items (id INT NOT NULL PRIMARY KEY, owner INT NULL, note VARCHAR(20))");
        lab.sql("INSERT INTO items SELECT id, id, NULL FROM owners");
        lab.sql("INSERT INTO items VALUES (1000, NULL, 'refers to nothing')");
        before = definition();
    }
    [[nodiscard]] std::string definition() {
        return lab.sql("SHOW CREATE TABLE items").rows.at(0).at(1).value_or("");
    }
    [[nodiscard]] bool has(const std::string& text) { return definition().find(text) != std::string::npos; }
    [[nodiscard]] std::int64_t orphans() {
        return lab.number("SELECT COUNT(*) FROM items LEFT JOIN owners ON owners.id = items.owner WHERE "
                          "items.owner IS NOT NULL AND owners.id IS NULL");
    }
    // The key holds, and every row obeys it.
    void expect_enforced() {
        EXPECT_TRUE(has("CONSTRAINT `owned` FOREIGN KEY (`owner`) REFERENCES `owners` (`id`)"))
            << definition();
        EXPECT_EQ(orphans(), 0);
        EXPECT_THROW(lab.sql("INSERT INTO items VALUES (7777, -7, NULL)"), DatabaseError);
        EXPECT_THROW(lab.sql("DELETE FROM owners WHERE id = 1"), DatabaseError);
        EXPECT_EQ(lab.objects(), "items, owners");
    }
    void expect_untouched() {
        EXPECT_EQ(definition(), before);
        EXPECT_EQ(lab.objects(), "items, owners");
    }
    // A row that no check looks at, from a session of somebody else.
    void slip_in(const std::string& id) {
        const auto session = lab.open();
        session->run("SET SESSION foreign_key_checks = 0");
        session->run("INSERT INTO items VALUES (" + id + ", -1, NULL)");
    }
    // One call of the tool in this thread, with its statements under the test's eye. nullopt: killed.
    template <typename Call>
    std::optional<run::Outcome> call(FaultPlan& plan, const Call& body) {
        FaultEngine engine{make_engine(lab.url()), plan};
        Silence silent;
        const run::Context context{engine, silent, [] { return false; }, clock, run::Threads::none};
        try {
            return body(context);
        } catch (const SimulatedKill&) {
            return std::nullopt;
        }
    }
    [[nodiscard]] std::optional<run::Outcome> add(FaultPlan& plan, const std::string& clause = owned) {
        const Blueprint blueprint = lab.plan(change("items", {clause}));
        return call(plan, [&](const run::Context& context) { return run::execute(context, blueprint, {}); });
    }
    [[nodiscard]] run::Outcome resume() {
        FaultPlan none;
        return *call(none, [&](const run::Context& context) { return run::resume(context, job()); });
    }
    [[nodiscard]] run::Outcome abort() {
        FaultPlan none;
        return *call(none, [&](const run::Context& context) { return run::abort(context, job()); });
    }
    [[nodiscard]] std::string job() {
        return lab.text("SELECT job_id FROM _turntable_job ORDER BY created_ms DESC LIMIT 1");
    }
    void expect_refused(const std::string& clause, ErrorKind kind, const std::string& code,
                        const std::string& word, const Settings& settings = {}) {
        try {
            static_cast<void>(lab.plan(change("items", {clause}), settings));
            ADD_FAILURE() << "not refused: " << clause;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), kind) << clause << ": " << error.what();
            EXPECT_EQ(error.code(), code) << clause << ": " << error.what();
            EXPECT_NE(std::string{error.what()}.find(word), std::string::npos)
                << clause << ": " << error.what();
            EXPECT_EQ(std::string{error.what()}.find("_tt_"), std::string::npos) << error.what();
        }
    }
    void lose_the_key(int row) {
        if (!has("FOREIGN KEY")) {
            lab.sql("ALTER TABLE items " + owned);
        }
        before = definition();
        FaultPlan plan = fault_once(Fault::kill_before, "ADD CONSTRAINT `owned`");
        EXPECT_FALSE(add(plan, "DROP FOREIGN KEY owned, " + owned + " ON DELETE CASCADE"));
        EXPECT_FALSE(has("FOREIGN KEY"));
        lab.sql("INSERT INTO items VALUES (" + std::to_string(row) + ", -9, NULL)");
    }
    void expect_the_row_told(const run::Outcome& outcome) {
        EXPECT_EQ(outcome.state, run::JobState::aborted) << outcome.reason;
        EXPECT_EQ(outcome.exit_code, 3);
        ASSERT_FALSE(outcome.findings.empty());
        EXPECT_NE(outcome.findings.front().find("1 row of"), std::string::npos) << outcome.findings.front();
        EXPECT_EQ(definition(), before);
    }
    std::string before;
    VirtualClock clock;
};

// Pairs come and go together, each in one transaction: no check is needed to keep them whole.
void write_pair(Session& session, unsigned random) {
    const std::string id = std::to_string(5000 + random % 400);
    if (random / 1000 % 3 == 0) {
        if (!session.run("SELECT id FROM owners WHERE id = " + id + " FOR UPDATE").rows.empty()) {
            session.run("DELETE FROM items WHERE owner = " + id);
            session.run("DELETE FROM owners WHERE id = " + id);
        }
        return;
    }
    session.run("INSERT INTO owners VALUES (" + id + ", NULL)");
    session.run("INSERT INTO items VALUES (" + id + ", " + id + ", NULL)");
    session.run("UPDATE items SET note = CONCAT('w', " + id + ") WHERE id = " + id);
}

TEST_P(AddedKeys, HoldFromThenOnUnderWritersOfBothTables) {
    Writers writers{lab, 2, write_pair};
    const run::Outcome outcome = lab.alter(change("items", {owned}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_EQ(outcome.state, run::JobState::finalized);
    EXPECT_EQ(outcome.strategy, "online");
    EXPECT_FALSE(outcome.revert_until);
    const std::int64_t so_far = writers.steps();
    while (writers.steps() < so_far + 50 && writers.error().empty()) {
        std::this_thread::yield();
    }
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    expect_enforced();
    EXPECT_TRUE(has("KEY `owned` (`owner`)")) << "the index that the server wants";
}

TEST_P(AddedKeys, NameTheOrphansBeforeAnythingIsMade) {
    slip_in("2001");
    const run::Outcome outcome = lab.alter(change("items", {owned}));
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(outcome.state, run::JobState::refused);
    EXPECT_NE(outcome.reason.find("foreign key owned: 1 row refers to a row that is not there"),
              std::string::npos)
        << outcome.reason;
    EXPECT_NE(outcome.reason.find("id=2001 = -1"), std::string::npos) << outcome.reason;
    expect_untouched();
}

TEST_P(AddedKeys, AreDroppedAgainForARowThatCameInBetween) {
    FaultPlan plan;
    bool came = false;
    plan.between = [&] {
        const bool native = !came && lab.has_table("_turntable_job") &&
                            lab.number("SELECT COUNT(*) FROM _turntable_job WHERE state LIKE "
                                       "'%\"step\":\"native\"%'") > 0;
        if (native) {
            came = true;
            slip_in("2002");
        }
    };
    const auto outcome = add(plan);
    ASSERT_TRUE(came && outcome);
    EXPECT_EQ(outcome->exit_code, 3) << outcome->reason;
    EXPECT_EQ(outcome->state, run::JobState::failed);
    EXPECT_NE(outcome->reason.find("id=2002 = -1"), std::string::npos) << outcome->reason;
    EXPECT_NE(outcome->reason.find("written while the change was made"), std::string::npos)
        << outcome->reason;
    expect_untouched();
}

TEST_P(AddedKeys, AreLookedAtOnceMoreByWhoeverResumes) {
    FaultPlan plan = fault_once(Fault::kill_after, "ADD CONSTRAINT `owned`");
    EXPECT_FALSE(add(plan));
    EXPECT_TRUE(has("CONSTRAINT `owned`")) << "killed right after it";
    slip_in("2003");
    const run::Outcome outcome = resume();
    EXPECT_EQ(outcome.exit_code, 3) << outcome.reason;
    EXPECT_NE(outcome.reason.find("id=2003 = -1"), std::string::npos) << outcome.reason;
    expect_untouched();
}

TEST_P(AddedKeys, SurviveADeathOrALostAnswerAtEveryStatementOfTheirs) {
    for (const std::string only : {"ADD INDEX `owned`", "ADD CONSTRAINT `owned`"}) {
        for (const Fault fault :
             {Fault::kill_before, Fault::kill_after, Fault::lost_before, Fault::lost_after}) {
            SCOPED_TRACE(only + ", " + to_string(fault));
            FaultPlan plan = fault_once(fault, only);
            auto outcome = add(plan);
            EXPECT_TRUE(plan.fired);
            if (!outcome) {
                outcome = resume();
            }
            EXPECT_EQ(outcome->exit_code, 0) << outcome->reason;
            expect_enforced();
            EXPECT_EQ(lab.alter(change("items", {"DROP FOREIGN KEY owned"})).exit_code, 0);
            EXPECT_EQ(lab.alter(change("items", {"DROP INDEX owned"})).exit_code, 0);
            expect_untouched();
        }
    }
}

TEST_P(AddedKeys, AreTakenBackWithTheirIndexByAnAbort) {
    FaultPlan plan = fault_once(Fault::kill_after, "ADD CONSTRAINT `owned`");
    EXPECT_FALSE(add(plan));
    const run::Outcome outcome = abort();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_EQ(outcome.state, run::JobState::aborted);
    expect_untouched();
}

TEST_P(AddedKeys, WaitForTheTransactionThatTakesAParentAway) {
    const auto other = lab.open();
    other->begin(TxMode::write);
    other->run("DELETE FROM owners WHERE id = 7"); // which the probe cannot know
    run::Outcome outcome;
    {
        std::jthread tool{[&] { outcome = lab.alter(change("items", {owned})); }};
        const auto watcher = lab.open();
        while (watcher
                   ->run("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
                         "TABLE_NAME = '_turntable_job'")
                   .only_integer() == 0) {
            std::this_thread::yield();
        }
        while (watcher->run("SELECT COUNT(*) FROM _turntable_job WHERE state LIKE '%a lock was not%'")
                   .only_integer() == 0) {
            std::this_thread::yield();
        }
        other->commit();
    }
    EXPECT_EQ(outcome.exit_code, 3) << outcome.reason;
    EXPECT_NE(outcome.reason.find("id=7 = 7"), std::string::npos) << outcome.reason;
    expect_untouched();
}

TEST_P(AddedKeys, AreGivenUpWhereTheLockIsNeverGranted) {
    Settings settings;
    settings.lock_retries = 2;
    for (const std::string table : {"owners", "items"}) {
        const auto other = lab.open();
        other->begin(TxMode::write);
        other->run("UPDATE " + table + " SET id = id WHERE id = 9");
        const run::Outcome outcome = lab.alter(change("items", {owned}), settings);
        EXPECT_EQ(outcome.exit_code, 4) << table << ": " << outcome.reason;
        other->rollback();
        if (outcome.state == run::JobState::stopped) { // the index could not be dropped either
            EXPECT_EQ(resume().exit_code, 4);
        }
        expect_untouched();
    }
}

TEST_P(AddedKeys, WaitForPreparedTransactionsToo) {
    {
        const auto other = lab.open();
        other->run("XA START '" + lab.database() + "'");
        other->run("DELETE FROM owners WHERE id = 8");
        other->run("XA END '" + lab.database() + "'");
        other->run("XA PREPARE '" + lab.database() + "'");
    }
    Settings settings;
    settings.lock_retries = 2;
    const run::Outcome outcome = lab.alter(change("items", {owned}), settings);
    lab.sql("XA ROLLBACK '" + lab.database() + "'");
    EXPECT_EQ(outcome.exit_code, 4) << outcome.reason;
    expect_untouched();
}

TEST_P(AddedKeys, AreRefusedWithTheServersReasonBeforeAnythingIsTouched) {
    lab.sql(
        "ALTER TABLE items ADD big BIGINT, ADD must INT NOT NULL, ADD low INT GENERATED ALWAYS AS (id - 1) "
        "VIRTUAL");
    lab.sql("CREATE TABLE parts (id INT NOT NULL PRIMARY KEY, n INT) PARTITION BY HASH (id) PARTITIONS 2");
    lab.sql("CREATE TABLE other (id INT NOT NULL PRIMARY KEY, o INT, CONSTRAINT taken FOREIGN KEY (o) "
            "REFERENCES owners (id))");
    lab.sql("CREATE VIEW seen AS SELECT id FROM owners");
    before = definition();
    const auto server = [&](const std::string& clause) {
        expect_refused(clause, ErrorKind::refused, "foreign_key_refused", "");
    };
    server("ADD FOREIGN KEY (big) REFERENCES owners (id)");
    server("ADD FOREIGN KEY (note) REFERENCES owners (id)");
    server("ADD FOREIGN KEY (note) REFERENCES owners (code)"); // without an index
    server("ADD FOREIGN KEY (must) REFERENCES owners (id) ON DELETE SET NULL");
    server("ADD FOREIGN KEY (owner) REFERENCES parts (id)");
    server("ADD FOREIGN KEY (owner) REFERENCES seen (id)");
    server("ADD FOREIGN KEY (low) REFERENCES owners (id) ON DELETE SET NULL");
    expect_refused("ADD FOREIGN KEY (owner) REFERENCES nobody (id)", ErrorKind::usage, "unknown_table",
                   "nobody");
    expect_refused("ADD FOREIGN KEY (owner) REFERENCES owners (ide)", ErrorKind::usage, "unknown_column",
                   "ide");
    expect_refused("ADD FOREIGN KEY (own) REFERENCES owners (id)", ErrorKind::usage, "unknown_column", "own");
    expect_refused("ADD FOREIGN KEY (owner, id) REFERENCES owners (id)", ErrorKind::usage, "bad_clause",
                   "many");
    expect_refused("ADD FOREIGN KEY (owner) REFERENCES owners", ErrorKind::usage, "bad_clause", "list");
    expect_refused("ADD CONSTRAINT taken FOREIGN KEY (owner) REFERENCES owners (id)", ErrorKind::refused,
                   "name_taken", "taken");
    expect_refused("ADD FOREIGN KEY (owner) REFERENCES owners (id) MATCH FULL", ErrorKind::refused,
                   "clause_not_supported", "MATCH");
    expect_refused("ADD FOREIGN KEY (owner) REFERENCES owners (id) ON DELETE SET DEFAULT", ErrorKind::refused,
                   "clause_not_supported", "SET DEFAULT");
    expect_refused("ADD extra INT REFERENCES owners (id)", ErrorKind::refused, "clause_not_supported",
                   "in a change of its own");
    expect_refused("DROP FOREIGN KEY owned", ErrorKind::usage, "unknown_constraint", "owned");
    expect_refused(owned + ", ADD extra INT", ErrorKind::refused, "foreign_keys", "nothing else");
    for (const StrategyChoice choice : {StrategyChoice::shadow, StrategyChoice::instant}) {
        Settings settings;
        settings.strategy = choice;
        expect_refused(owned, ErrorKind::refused, "strategy_not_possible", "in place", settings);
    }
    EXPECT_EQ(definition(), before);
    EXPECT_EQ(lab.objects(), "items, other, owners, parts, seen");
}

TEST_P(AddedKeys, AreRefusedWhileAJobHoldsTheParent) {
    Settings shadow;
    shadow.strategy = StrategyChoice::shadow;
    const run::Outcome held = lab.alter(change("owners", {"MODIFY code VARCHAR(30)"}), shadow);
    ASSERT_EQ(held.state, run::JobState::swapped) << held.reason;
    expect_refused(owned, ErrorKind::busy, "another_job", held.job);
    EXPECT_EQ(lab.finalize(held.job).exit_code, 0);
    EXPECT_EQ(lab.alter(change("items", {owned})).exit_code, 0);
    expect_enforced();
}

// What a key may look like.
TEST_P(AddedKeys, MayBeCompositeNamelessOfTheTableItselfAndOfAnotherDatabase) {
    const std::string other = lab.database() + "_b";
    lab.sql("CREATE DATABASE " + other);
    lab.sql("CREATE TABLE " + other + ".far (id INT NOT NULL PRIMARY KEY)");
    lab.sql("INSERT INTO " + other + ".far SELECT id FROM owners");
    lab.sql("CREATE TABLE pairs (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))");
    lab.sql("INSERT INTO pairs SELECT id, id FROM owners");
    lab.sql("ALTER TABLE items ADD above INT, ADD b INT, ADD KEY both_of (owner, b)");
    lab.sql("UPDATE items SET above = id WHERE id BETWEEN 60 AND 90");
    lab.sql("UPDATE items SET b = owner WHERE id < 50"); // others have a NULL in it: no reference
    lab.sql("CREATE TRIGGER noted BEFORE INSERT ON items FOR EACH ROW SET NEW.note = 'triggered'");
    const run::Outcome outcome = lab.alter(change(
        "items", {"ADD FOREIGN KEY (owner, b) REFERENCES pairs (a, b) ON DELETE CASCADE ON UPDATE CASCADE",
                  "ADD FOREIGN KEY (above) REFERENCES items (id), add constraint `far``off` foreign key "
                  "(owner) references " +
                      other + ".far (id) on delete set null"}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_TRUE(has("CONSTRAINT `items_ibfk_1` FOREIGN KEY (`owner`, `b`) REFERENCES `pairs` (`a`, `b`) ON "
                    "DELETE CASCADE ON UPDATE CASCADE"))
        << definition();
    EXPECT_TRUE(has("CONSTRAINT `items_ibfk_2` FOREIGN KEY (`above`) REFERENCES `items` (`id`)"))
        << definition();
    EXPECT_TRUE(has("KEY `above` (`above`)")) << definition();
    EXPECT_TRUE(has("CONSTRAINT `far``off` FOREIGN KEY (`owner`) REFERENCES `" + other +
                    "`.`far` (`id`) ON DELETE SET NULL"))
        << definition();
    EXPECT_FALSE(has("KEY `far``off` (")) << "an index that begins with it is there: " << definition();
    lab.sql("DELETE FROM pairs WHERE a = 10");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM items WHERE id = 10"), 0);
    lab.sql("DELETE FROM " + other + ".far WHERE id = 200");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM items WHERE id = 200 AND owner IS NULL"), 1);
    EXPECT_THROW(lab.sql("INSERT INTO items (id, above) VALUES (8000, -8)"), DatabaseError);
    lab.sql("DROP TABLE items");
    lab.sql("DROP DATABASE " + other);
}

// The server would put another index in the place of the one that it made for the first key.
TEST_P(AddedKeys, LeaveTheIndexOfAnEarlierKeyAlone) {
    lab.sql("CREATE TABLE more (id INT NOT NULL PRIMARY KEY)");
    lab.sql("INSERT INTO more SELECT id FROM owners");
    lab.sql("ALTER TABLE items ADD CONSTRAINT first_one FOREIGN KEY (owner) REFERENCES owners (id)");
    const run::Outcome outcome =
        lab.alter(change("items", {"ADD CONSTRAINT second_one FOREIGN KEY (owner) REFERENCES more (id)"}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_TRUE(has("KEY `first_one` (`owner`)")) << definition();
    EXPECT_FALSE(has("KEY `second_one` (`owner`)")) << definition();
    EXPECT_TRUE(has("CONSTRAINT `second_one` FOREIGN KEY")) << definition();
}

TEST_P(AddedKeys, GoAgainAndTheIndexStays) {
    lab.sql("ALTER TABLE items " + owned);
    before = definition();
    Writers writers{lab, 2, write_pair};
    const run::Outcome outcome = lab.alter(change("items", {"DROP CONSTRAINT owned"}));
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_FALSE(has("FOREIGN KEY"));
    EXPECT_TRUE(has("KEY `owned` (`owner`)"));
    lab.sql("INSERT INTO items VALUES (7777, -7, NULL)");
}

TEST_P(AddedKeys, TakeThePlaceOfOneWithTheirName) {
    lab.sql("ALTER TABLE items " + owned);
    const run::Outcome outcome =
        lab.alter(change("items", {"DROP FOREIGN KEY owned, " + owned + " ON DELETE CASCADE"}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_TRUE(has("REFERENCES `owners` (`id`) ON DELETE CASCADE")) << definition();
    EXPECT_FALSE(lab.sql("SELECT 1 FROM items WHERE id = 3").rows.empty());
    lab.sql("DELETE FROM owners WHERE id = 3");
    EXPECT_TRUE(lab.sql("SELECT 1 FROM items WHERE id = 3").rows.empty());
}

// Whatever way a server has of saying that nothing follows a parent's change, it says it of the copied one,
// too.
TEST_P(AddedKeys, LookAsIfTheServerHadMadeThem) {
    for (const std::string action : {"", " ON DELETE RESTRICT", " ON DELETE NO ACTION ON UPDATE CASCADE",
                                     " ON UPDATE RESTRICT ON DELETE SET NULL"}) {
        EXPECT_EQ(lab.alter(change("items", {owned + action})).exit_code, 0) << action;
        const std::string ours = definition();
        EXPECT_EQ(lab.alter(change("items", {"DROP FOREIGN KEY owned"})).exit_code, 0) << action;
        lab.sql("ALTER TABLE items " + owned + action);
        EXPECT_EQ(ours, definition());
        lab.sql("ALTER TABLE items DROP FOREIGN KEY owned");
        lab.sql("ALTER TABLE items DROP INDEX owned");
        expect_untouched();
    }
}

// The key's own definition is gone while one with other actions is made; a killed run leaves the table so,
// and a row comes in that nothing forbids.
TEST_P(AddedKeys, ComeBackWhereTheOneThatFollowsCannotBe) {
    lose_the_key(2009);
    expect_the_row_told(abort());
}

// The look is repeated by whoever comes next, though the key is there by then.
TEST_P(AddedKeys, ThatComeBackAreLookedAtWhateverDiesMeanwhile) {
    int id = 2010;
    for (const std::string only : {"ADD CONSTRAINT `owned`", "SELECT COUNT(*) FROM `items` AS src"}) {
        for (const Fault fault :
             {Fault::kill_before, Fault::kill_after, Fault::lost_before, Fault::lost_after}) {
            SCOPED_TRACE(only + ", " + to_string(fault));
            lose_the_key(id++);
            FaultPlan plan = fault_once(fault, only);
            auto outcome =
                call(plan, [&](const run::Context& context) { return run::abort(context, job()); });
            EXPECT_TRUE(plan.fired);
            EXPECT_EQ(!outcome, fault == Fault::kill_before || fault == Fault::kill_after);
            expect_the_row_told(outcome ? *outcome : resume());
            lab.sql("DELETE FROM items WHERE id > 2000");
        }
    }
}

TEST_P(AddedKeys, ThatNeverWentAreNotSaidToHaveBeenAway) {
    lab.sql("ALTER TABLE items " + owned);
    slip_in("2008"); // under the key, by a session that checks nothing
    before = definition();
    FaultPlan plan = fault_once(Fault::kill_before, "DROP FOREIGN KEY");
    EXPECT_FALSE(add(plan, "DROP FOREIGN KEY owned"));
    const run::Outcome outcome = abort();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.reason;
    EXPECT_TRUE(outcome.findings.empty());
    expect_untouched();
}

TURNTABLE_ON_BOTH_SERVERS(AddedKeys);

} // namespace
} // namespace turntable::test
