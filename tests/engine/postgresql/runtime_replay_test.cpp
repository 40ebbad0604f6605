// Consuming the change log: what a batch sees, what it leaves, and what it refuses.
#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PostgresqlReplay : public testing::TestWithParam<Server> {
  protected:
    PostgresqlReplay() : database_(GetParam()), job_(database_, 200), application_(database_.application()) {
        job_.prepare();
        job_.copy();
        job_.index();
        job_.replay(); // what the copy may have left in the log is not what these tests count
    }

    Replayed batch(Rows keys_max = 1000) {
        Transaction transaction{job_.control(), TxMode::write};
        Replayed replayed = job_.engine().replayer().replay_batch(job_.control(), job_.blueprint(),
                                                                  Direction::forward, keys_max);
        transaction.commit();
        return replayed;
    }
    std::int64_t backlog() {
        return job_.engine().replayer().backlog(job_.control(), job_.blueprint(), Direction::forward,
                                                1'000'000);
    }

    ScratchDatabase database_;
    RuntimeJob job_;
    std::unique_ptr<Session> application_;
};

TEST_P(PostgresqlReplay, AnEntryThatCommitsLateIsNotSkipped) {
    const auto late = database_.application();
    late->run("BEGIN; UPDATE payments SET amount = 1 WHERE id = 1");
    application_->run("UPDATE payments SET amount = 2 WHERE id = 2");
    EXPECT_EQ(batch().entries, 1);
    EXPECT_EQ(batch().entries, 0) << "the log looks empty";
    late->run("COMMIT");
    EXPECT_EQ(backlog(), 1);
    EXPECT_EQ(batch().entries, 1);
    EXPECT_EQ(job_.differing_rows(), 0);
}

// Heap positions come back: a later entry may stand before an earlier one.
TEST_P(PostgresqlReplay, AnEntryInAReusedPlaceOfTheLogIsNotSkipped) {
    const auto block = [&](const std::string& id) {
        return application_
            ->run("SELECT split_part(trim(min(ctid)::text, '()'), ',', 1) FROM turntable.log_1"
                  " WHERE k1 = " +
                  id)
            .only_integer();
    };
    application_->run("UPDATE payments SET amount = 1 WHERE id <= 150");
    for (int n = 0; n < 5; ++n) { // fills the first blocks with entries that are consumed below
        application_->run("UPDATE payments SET amount = amount + 1 WHERE id <= 150");
    }
    application_->run("UPDATE payments SET amount = 3 WHERE id = 199");
    ASSERT_GT(block("199"), 0);
    batch(850);
    ASSERT_GT(backlog(), 0);
    application_->run("VACUUM turntable.log_1");
    application_->run("UPDATE payments SET amount = 4 WHERE id = 200");
    ASSERT_EQ(block("200"), 0) << "the place of a consumed entry is used again";
    while (batch(10).entries > 0) {
    }
    EXPECT_EQ(backlog(), 0);
    EXPECT_EQ(job_.differing_rows(), 0);
}

TEST_P(PostgresqlReplay, RowsThatAreEqualAlreadyAreNotWritten) {
    application_->run("UPDATE payments SET amount = amount WHERE id <= 50");
    const Replayed replayed = batch();
    EXPECT_EQ(replayed.entries, 50);
    EXPECT_EQ(replayed.written + replayed.deleted, 0);
}

TEST_P(PostgresqlReplay, ManyEntriesOfOneKeyAreAppliedOnce) {
    for (int i = 0; i < 20; ++i) {
        application_->run("UPDATE payments SET amount = " + std::to_string(i) + " WHERE id = 3");
    }
    const Replayed replayed = batch();
    EXPECT_EQ(replayed.entries, 20);
    EXPECT_EQ(replayed.written, 1);
    EXPECT_EQ(job_.differing_rows(), 0);
}

TEST_P(PostgresqlReplay, AChangeThatOnlyTheImageShowsIsApplied) {
    application_->run("UPDATE payments SET note = 1.0 WHERE id = 4");
    batch();
    application_->run("UPDATE payments SET note = 1.00 WHERE id = 4");
    EXPECT_EQ(batch().written, 1);
    application_->run("UPDATE payments SET ratio = 0 WHERE id = 5");
    batch();
    application_->run("UPDATE payments SET ratio = '-0' WHERE id = 5");
    EXPECT_EQ(batch().written, 1);
    application_->run("UPDATE payments SET extra = '{\"a\":1}' WHERE id = 6");
    EXPECT_EQ(batch().written, 1);
    EXPECT_EQ(job_.differing_rows(), 0);
    Session& control = job_.control();
    EXPECT_EQ(control.run("SELECT note::text FROM turntable.shadow_1 WHERE id = 4").only(), "1.00");
    EXPECT_EQ(control.run("SELECT ratio::text FROM turntable.shadow_1 WHERE id = 5").only(), "-0");
    EXPECT_EQ(control.run("SELECT extra::text FROM turntable.shadow_1 WHERE id = 6").only(), "{\"a\":1}");
}

TEST_P(PostgresqlReplay, AKeyThatClashesWithAStaleRowIsPutBackAndSucceedsLater) {
    application_->run(
        "BEGIN; UPDATE payments SET account = 'spare' WHERE id = 10; UPDATE payments SET account = 'a10'"
        " WHERE id = 11; UPDATE payments SET account = 'a11' WHERE id = 10; COMMIT");
    std::int64_t clashes = 0;
    for (int n = 0; n < 20 && backlog() > 0; ++n) {
        clashes += static_cast<std::int64_t>(batch(1).clashes.size());
    }
    EXPECT_GT(clashes, 0) << "one key at a time must clash";
    EXPECT_EQ(backlog(), 0);
    EXPECT_EQ(job_.differing_rows(), 0);
}

TEST_P(PostgresqlReplay, InOneBatchRowsThatTradeUniqueValuesDoNotClash) {
    application_->run(
        "BEGIN; UPDATE payments SET account = 'spare' WHERE id = 10; UPDATE payments SET account = 'a10'"
        " WHERE id = 11; UPDATE payments SET account = 'a11' WHERE id = 10; COMMIT");
    EXPECT_TRUE(batch().clashes.empty());
    EXPECT_EQ(job_.differing_rows(), 0);
}

TEST_P(PostgresqlReplay, ARowThatTheNewShapeRefusesIsReportedWithItsKeyAndTheOthersGoOn) {
    job_.control().run("ALTER TABLE turntable.shadow_1 ADD CONSTRAINT small CHECK (note < 1000)");
    application_->run("UPDATE payments SET note = 5000 WHERE id = 20");
    application_->run("UPDATE payments SET note = 777 WHERE id BETWEEN 30 AND 60");
    const Replayed replayed = batch();
    ASSERT_EQ(replayed.clashes.size(), 1U);
    EXPECT_EQ(replayed.clashes[0].key, "id=20");
    EXPECT_NE(replayed.clashes[0].reason.find("small"), std::string::npos);
    EXPECT_EQ(backlog(), 1);
    EXPECT_EQ(job_.control().run("SELECT count(*) FROM turntable.shadow_1 WHERE note = 777").only_integer(),
              31);
}

TEST_P(PostgresqlReplay, AValueThatCannotBeConvertedIsReportedWithItsKey) {
    application_->run("UPDATE payments SET amount = 'Infinity' WHERE id = 21");
    application_->run("UPDATE payments SET amount = 8 WHERE id = 22");
    const Replayed replayed = batch();
    ASSERT_EQ(replayed.clashes.size(), 1U);
    EXPECT_EQ(replayed.clashes[0].key, "id=21");
    EXPECT_EQ(job_.control().run("SELECT amount_cents FROM turntable.shadow_1 WHERE id = 22").only_integer(),
              800);
}

TEST_P(PostgresqlReplay, ABatchThatIsRolledBackLeavesItsEntries) {
    application_->run("UPDATE payments SET amount = 1 WHERE id <= 5");
    {
        const Transaction never_committed{job_.control(), TxMode::write};
        const Replayed replayed =
            job_.engine().replayer().replay_batch(job_.control(), job_.blueprint(), Direction::forward, 100);
        EXPECT_EQ(replayed.entries, 5);
    }
    EXPECT_EQ(backlog(), 5);
    batch();
    EXPECT_EQ(job_.differing_rows(), 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlReplay, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlReplay);

} // namespace
} // namespace turntable::test
