// What breaks triggers, and single rows that are wrong: each is seen.
#include "hand_driver.hpp"
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class Drifts : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v VARCHAR(20), d DOUBLE) COLLATE "
                "utf8mb4_general_ci");
        lab.sql("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                "SELECT i, "
                "CONCAT('v', i), i FROM n");
    }
    [[nodiscard]] HandDriver driver() { return HandDriver{lab, change("t", {"ADD COLUMN n INT"})}; }
};

TEST_P(Drifts, TruncateIsSeenAtTheNextChunkAndUnderTheLock) {
    HandDriver hand = driver();
    hand.prepare();
    hand.copy();
    lab.sql("TRUNCATE TABLE t");
    EXPECT_EQ(hand.engine.copier().check_source(*hand.session, hand.blueprint, hand.origin).drift,
              Drift::restart_copy);
    const SwapOutcome outcome = hand.swap();
    EXPECT_EQ(outcome.kind, SwapOutcome::Kind::drifted);
    EXPECT_EQ(hand.engine.swapper().where_is(*hand.session, hand.blueprint), Placement::captured);
}

TEST_P(Drifts, AnotherSessionsAlterStopsTheJob) {
    HandDriver hand = driver();
    hand.prepare();
    lab.sql("ALTER TABLE t ADD COLUMN other INT");
    EXPECT_EQ(hand.engine.copier().check_source(*hand.session, hand.blueprint, hand.origin).drift,
              Drift::stop);
}

TEST_P(Drifts, ADroppedTriggerIsSeen) {
    HandDriver hand = driver();
    hand.prepare();
    lab.sql("DROP TRIGGER t__tt_log_upd");
    EXPECT_EQ(hand.engine.copier().check_source(*hand.session, hand.blueprint, hand.origin).drift,
              Drift::restart_copy);
}

TEST_P(Drifts, ATruncatedPartitionIsSeen) {
    lab.sql("DROP TABLE t");
    lab.sql("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT) PARTITION BY RANGE (id) (PARTITION a VALUES "
            "LESS THAN "
            "(100), PARTITION b VALUES LESS THAN MAXVALUE)");
    HandDriver hand = driver();
    hand.prepare();
    lab.sql("ALTER TABLE t TRUNCATE PARTITION a");
    EXPECT_EQ(hand.engine.copier().check_source(*hand.session, hand.blueprint, hand.origin).drift,
              Drift::restart_copy);
}

TEST_P(Drifts, AnEmptiedShadowIsSeenByTheNextChunk) {
    HandDriver hand = driver();
    hand.prepare();
    lab.sql("TRUNCATE TABLE t__tt_new");
    const auto chunk = hand.engine.copier().next_chunk(*hand.session, hand.blueprint, hand.origin, "", 100);
    Transaction transaction{*hand.session, TxMode::write};
    const auto copied = hand.engine.copier().copy_chunk(*hand.session, hand.blueprint, hand.origin, *chunk);
    ASSERT_TRUE(std::holds_alternative<DriftReport>(copied));
    EXPECT_EQ(std::get<DriftReport>(copied).drift, Drift::restart_copy);
}

TEST_P(Drifts, AMissingAFalseAndAnExtraShadowRowAreEachSeen) {
    HandDriver hand = driver();
    hand.up_to_swap();
    EXPECT_EQ(hand.verify().difference_count, 0);
    EXPECT_EQ(hand.verify().source_rows, 500);
    lab.sql("DELETE FROM t__tt_new WHERE id = 150");
    lab.sql("UPDATE t__tt_new SET v = 'V250' WHERE id = 250"); // equal to the collation, another image
    lab.sql("INSERT INTO t__tt_new (id, v) VALUES (9999, 'x')");
    const VerifiedChunk verified = hand.verify();
    EXPECT_EQ(verified.difference_count, 3);
    ASSERT_EQ(verified.differences.size(), 3U);
    EXPECT_EQ(verified.differences[0].key, "id=150");
    EXPECT_EQ(verified.differences[0].kind, Difference::Kind::missing);
    EXPECT_EQ(verified.differences[1].key, "id=250");
    EXPECT_EQ(verified.differences[1].columns.at(0).shadow, "V250");
    EXPECT_EQ(verified.differences[2].key, "id=9999");
    EXPECT_EQ(verified.differences[2].kind, Difference::Kind::extra);
}

TEST_P(Drifts, ANegativeZeroAndATrailingBlankAreOtherImages) {
    HandDriver hand = driver();
    hand.up_to_swap();
    lab.sql("UPDATE t SET d = 0, v = 'a' WHERE id = 1");
    hand.replay();
    lab.sql("UPDATE t SET d = -0.0e0 WHERE id = 1");
    EXPECT_EQ(hand.verify().pending.size(), 1U);
    lab.sql("DELETE FROM t__tt_log");
    lab.sql("UPDATE t__tt_new SET v = 'b ' WHERE id = 2");
    lab.sql("UPDATE t SET v = 'b' WHERE id = 2");
    lab.sql("DELETE FROM t__tt_log");
    // MariaDB stores a negative zero as zero
    EXPECT_EQ(hand.verify().difference_count, lab.mariadb() ? 1 : 2);
}

TEST_P(Drifts, KeysInTheLogAreLeftOutAndComparedAfterTheirReplay) {
    HandDriver hand = driver();
    hand.up_to_swap();
    lab.sql("UPDATE t SET v = 'later' WHERE id IN (3, 4)");
    lab.sql("DELETE FROM t WHERE id = 5");
    const VerifiedChunk verified = hand.verify();
    EXPECT_EQ(verified.difference_count, 0);
    EXPECT_EQ(verified.pending.size(), 3U);
    hand.replay();
    const VerifiedChunk again =
        hand.engine.verifier().verify_keys(*hand.session, hand.blueprint, verified.pending, 10);
    EXPECT_EQ(again.difference_count, 0);
    EXPECT_EQ(again.source_rows, 2);
    EXPECT_EQ(again.shadow_rows, 2);
}

// The log's ids are taken before commits: an entry that commits late has a smaller id than one consumed
// before it.
TEST_P(Drifts, AnEntryThatCommitsLateIsNotSkipped) {
    HandDriver hand = driver();
    hand.up_to_swap();
    const auto slow = lab.open();
    Transaction late{*slow, TxMode::write};
    slow->run("UPDATE t SET v = 'late' WHERE id = 10");
    lab.sql("UPDATE t SET v = 'early' WHERE id = 11");
    hand.replay();
    late.commit();
    hand.replay();
    EXPECT_EQ(lab.text("SELECT v FROM t__tt_new WHERE id = 10"), "late");
    EXPECT_EQ(lab.text("SELECT v FROM t__tt_new WHERE id = 11"), "early");
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t__tt_log"), 0);
}

// MariaDB's LOCK TABLES and CREATE TRIGGER do not wait for one whose session has ended.
TEST_P(Drifts, APreparedTransactionWithoutASessionHoldsTheCopyAndTheSwapBack) {
    const auto prepare = [&](const std::string& id, const std::string& row) {
        const auto session = lab.open();
        session->run("XA START '" + id + "'");
        session->run("INSERT INTO t VALUES (" + row + ", 'x', 1)");
        session->run("XA END '" + id + "'");
        session->run("XA PREPARE '" + id + "'");
    };
    HandDriver hand = driver();
    const std::string before = lab.database() + "b", after = lab.database() + "a";
    prepare(before, "5001");
    hand.engine.preparer().create_objects(*hand.session, hand.blueprint);
    const LockBudget budget{Millis{200}, Millis{200}};
    const LockOutcome refused = hand.engine.preparer().install_capture(*hand.session, hand.blueprint, budget);
    EXPECT_FALSE(refused.granted);
    if (lab.mariadb()) {
        ASSERT_FALSE(refused.blockers.empty());
        EXPECT_NE(refused.blockers.front().query.find("XA COMMIT '" + before + "'"), std::string::npos);
    }
    lab.sql("XA COMMIT '" + before + "'");
    hand.prepare();
    hand.copy();
    hand.index();
    prepare(after, "5002");
    hand.replay();
    hand.lock_timeout = Millis{200};
    EXPECT_EQ(hand.swap().kind, SwapOutcome::Kind::lock_not_granted);
    lab.sql("XA COMMIT '" + after + "'");
    EXPECT_EQ(hand.swap().kind, SwapOutcome::Kind::done);
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM t WHERE id IN (5001, 5002)"), 2);
}

TEST_P(Drifts, AWriterWithRightsOnTheTableAloneIsCaptured) {
    HandDriver hand = driver();
    hand.up_to_swap();
    const std::string user = lab.database();
    lab.sql("CREATE USER '" + user + "'@'127.0.0.1' IDENTIFIED BY 'Secret-123'");
    lab.sql("GRANT SELECT, UPDATE ON " + lab.database() + ".t TO '" + user + "'@'127.0.0.1'");
    Url url = lab.url();
    url.user = user;
    url.password = "Secret-123";
    make_engine(url)->open(SessionUse::control)->run("UPDATE t SET v = 'poor' WHERE id = 20");
    hand.replay();
    EXPECT_EQ(lab.text("SELECT v FROM t__tt_new WHERE id = 20"), "poor");
    lab.sql("DROP USER '" + user + "'@'127.0.0.1'");
}

TEST_P(Drifts, UndoLeavesTheSourceAsItWas) {
    const std::string before = lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or("");
    HandDriver hand = driver();
    hand.up_to_swap();
    EXPECT_TRUE(
        hand.engine.preparer().undo(*hand.session, hand.blueprint, {Millis{1000}, Millis{1000}}).granted);
    EXPECT_TRUE(
        hand.engine.preparer().undo(*hand.session, hand.blueprint, {Millis{1000}, Millis{1000}}).granted);
    EXPECT_EQ(lab.objects(), "t");
    EXPECT_EQ(lab.sql("SHOW CREATE TABLE t").rows.at(0).at(1).value_or(""), before);
    EXPECT_EQ(hand.engine.swapper().where_is(*hand.session, hand.blueprint), Placement::untouched);
}

TURNTABLE_ON_BOTH_SERVERS(Drifts);

} // namespace
} // namespace turntable::test
