// What may happen to a table while it is copied by physical blocks. Each race is forced, never hoped for.
#include <nlohmann/json.hpp>

#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PostgresqlCopy : public testing::TestWithParam<Server> {
  protected:
    PostgresqlCopy() : database_(GetParam()), job_(database_, 2000), application_(database_.application()) {}

    // After everything else: the rest of the shadow path, and an independent look at the result.
    void finish_and_compare() {
        job_.index();
        EXPECT_TRUE(job_.replay().empty());
        EXPECT_EQ(job_.verify().difference_count, 0);
        EXPECT_EQ(job_.differing_rows(), 0);
    }
    // Copies all chunks; `meanwhile` runs after the first.
    template <typename Meanwhile>
    void copy_with(const Meanwhile& meanwhile) {
        const std::vector<Chunk> chunks = job_.chunks(300);
        ASSERT_GT(chunks.size(), 3U);
        job_.copy_one(chunks.front());
        meanwhile();
        for (std::size_t n = 1; n < chunks.size(); ++n) {
            job_.copy_one(chunks[n]);
        }
    }
    std::int64_t block_of(int id) {
        return application_
            ->run("SELECT split_part(trim(ctid::text, '()'), ',', 1)::bigint FROM payments WHERE id = " +
                  std::to_string(id))
            .only_integer();
    }
    std::int64_t log_entries() {
        return job_.control().run("SELECT count(*) FROM turntable.log_1").only_integer();
    }

    ScratchDatabase database_;
    RuntimeJob job_;
    std::unique_ptr<Session> application_;
};

TEST_P(PostgresqlCopy, ARowCopiedAndThenUpdatedToALaterBlockIsNotCopiedTwice) {
    job_.prepare();
    copy_with([&] {
        const std::int64_t before = block_of(1);
        application_->run("UPDATE payments SET amount = 1.005, account = repeat('x', 3000) WHERE id = 1");
        ASSERT_GT(block_of(1), before);
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, ARowUpdatedToABlockThatIsCopiedAlreadyIsNotLost) {
    application_->run("DELETE FROM payments WHERE id <= 40");
    application_->run("VACUUM payments");
    job_.prepare();
    copy_with([&] {
        bool moved_down = false;
        for (int id = 1000; id < 1500 && !moved_down; ++id) {
            const std::int64_t before = block_of(id);
            application_->run("UPDATE payments SET amount = 0.285 WHERE id = " + std::to_string(id));
            moved_down = block_of(id) == 0 && before > 0;
        }
        ASSERT_TRUE(moved_down);
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, RowsDeletedInsertedAndGivenANewKeyDuringTheCopyAreFollowed) {
    job_.prepare();
    copy_with([&] {
        application_->run("DELETE FROM payments WHERE id IN (2, 1990)");
        application_->run(
            "INSERT INTO payments (id, amount) SELECT i, i * 0.01 FROM generate_series(5000, 5200) i");
        application_->run("UPDATE payments SET id = id + 10000 WHERE id IN (3, 1980)");
        application_->run("UPDATE payments SET id = 3 WHERE id = 1981");
        application_->run("DELETE FROM payments WHERE id = 5001");
        application_->run("INSERT INTO payments (id, amount) VALUES (2, 7.5)");
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, TwoRowsThatTradeUniqueValuesAreFollowed) {
    job_.prepare();
    copy_with([&] {
        application_->run(
            "BEGIN; UPDATE payments SET account = 'spare' WHERE id = 1; UPDATE payments SET account = 'a1'"
            " WHERE id = 1999; UPDATE payments SET account = 'a1999' WHERE id = 1; COMMIT");
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, RowsOfTransactionsThatAnOlderOneMakesLookNewAreLeftToTheReplay) {
    job_.until_rows_are_old();
    const auto old = database_.application();
    old->run("BEGIN; CREATE TEMP TABLE holds_a_transaction_id (x int)");
    application_->run("UPDATE payments SET amount = 17.08 WHERE id BETWEEN 11 AND 20");
    job_.prepare();
    EXPECT_EQ(log_entries(), 0) << "those writes came before the triggers";
    Rows logged = 0;
    Rows rows = 0;
    for (const Chunk& chunk : job_.chunks(300)) {
        const CopiedChunk copied = job_.copy_one(chunk);
        logged += copied.logged;
        rows += copied.rows;
    }
    EXPECT_EQ(logged, 10);
    EXPECT_EQ(rows, 1990);
    EXPECT_EQ(log_entries(), 10);
    old->run("ROLLBACK");
    finish_and_compare();
}

// The ids of subtransactions are younger than the transaction's own and in no snapshot's list.
TEST_P(PostgresqlCopy, ATransactionOlderThanTheTriggersThatWritesInSavepointsIsFollowed) {
    const auto old = database_.application();
    old->run("BEGIN; CREATE TEMP TABLE holds_a_transaction_id (x int)");
    job_.prepare();
    copy_with([&] {
        old->run("SAVEPOINT a; UPDATE payments SET amount = 1 WHERE id IN (1, 1999); SAVEPOINT b");
        old->run("UPDATE payments SET amount = 2 WHERE id IN (2, 1998); ROLLBACK TO b");
        old->run("UPDATE payments SET id = id + 5000 WHERE id IN (3, 1997); RELEASE a; COMMIT");
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, ATransactionOfAnotherDatabaseLeavesNothingToTheReplay) {
    ScratchDatabase elsewhere{GetParam()};
    const auto session = elsewhere.application();
    const auto prepared = elsewhere.application();
    session->run("BEGIN; CREATE TEMP TABLE holds_a_transaction_id (x int)");
    prepared->run("BEGIN; CREATE TABLE held (x int); PREPARE TRANSACTION 'elsewhere_" +
                  elsewhere.url().database + "'");
    application_->run("UPDATE payments SET amount = 17.08 WHERE id BETWEEN 11 AND 20");
    job_.until_rows_are_old();
    job_.prepare();
    Rows rows = 0;
    for (const Chunk& chunk : job_.chunks(300)) {
        rows += job_.copy_one(chunk).rows;
    }
    EXPECT_EQ(rows, 2000);
    EXPECT_EQ(log_entries(), 0);
    prepared->run("ROLLBACK PREPARED 'elsewhere_" + elsewhere.url().database + "'");
    session->run("ROLLBACK");
    finish_and_compare();
}

TEST_P(PostgresqlCopy, ARewriteOfTheSourceRestartsTheCopy) {
    job_.prepare();
    job_.copy_one(job_.chunks(300).front());
    application_->run("VACUUM FULL payments");
    EXPECT_EQ(job_.drift(), Drift::restart_copy);
    EXPECT_THROW(job_.copy_one(job_.chunks(300).front()), Error);
    job_.restart_copy();
    finish_and_compare();
}

TEST_P(PostgresqlCopy, ARestartAfterTheIndexesWereBuiltFillsABareHeapAgain) {
    job_.prepare();
    job_.copy();
    job_.index();
    application_->run("VACUUM FULL payments");
    job_.restart_copy();
    finish_and_compare();
}

TEST_P(PostgresqlCopy, TruncateIsRefusedUntilTheSwap) {
    job_.prepare();
    EXPECT_THROW(application_->run("TRUNCATE payments"), DatabaseError);
    EXPECT_EQ(application_->run("SELECT count(*) FROM payments").only_integer(), 2000);
    EXPECT_EQ(job_.drift(), Drift::none);
}

TEST_P(PostgresqlCopy, ATruncateThatCascadesFromAParentIsRefusedToo) {
    application_->run("CREATE TABLE accounts (name text PRIMARY KEY)");
    application_->run("INSERT INTO accounts SELECT account FROM payments");
    application_->run("ALTER TABLE payments ADD FOREIGN KEY (account) REFERENCES accounts");
    job_.prepare();
    EXPECT_THROW(application_->run("TRUNCATE accounts CASCADE"), DatabaseError);
    EXPECT_EQ(application_->run("SELECT count(*) FROM payments").only_integer(), 2000);
}

TEST_P(PostgresqlCopy, ForeignKeyCascadesAreFollowed) {
    application_->run("CREATE TABLE accounts (name text PRIMARY KEY)");
    application_->run("INSERT INTO accounts SELECT account FROM payments");
    application_->run(
        "ALTER TABLE payments ADD FOREIGN KEY (account) REFERENCES accounts ON UPDATE CASCADE ON DELETE"
        " CASCADE");
    job_.prepare();
    copy_with([&] {
        application_->run("UPDATE accounts SET name = 'renamed ' || name WHERE name IN ('a1', 'a1999')");
        application_->run("DELETE FROM accounts WHERE name IN ('a2', 'a1998')");
        EXPECT_EQ(log_entries(), 4);
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, TriggersDisabledAndPutBackRestartTheCopy) {
    job_.prepare();
    job_.copy();
    application_->run("ALTER TABLE payments DISABLE TRIGGER USER");
    application_->run("UPDATE payments SET amount = 5 WHERE id = 5");
    application_->run("ALTER TABLE payments ENABLE TRIGGER USER");
    application_->run("ALTER TABLE payments ENABLE ALWAYS TRIGGER turntable_row");
    application_->run("ALTER TABLE payments ENABLE ALWAYS TRIGGER turntable_truncate");
    EXPECT_EQ(job_.drift(), Drift::restart_copy);
    job_.restart_copy();
    finish_and_compare();
}

TEST_P(PostgresqlCopy, AReplacedTriggerFunctionRestartsTheCopy) {
    job_.prepare();
    application_->run("CREATE OR REPLACE FUNCTION turntable.capture_1() RETURNS trigger LANGUAGE plpgsql AS"
                      " 'BEGIN RETURN NULL; END'");
    EXPECT_EQ(job_.drift(), Drift::restart_copy);
}

TEST_P(PostgresqlCopy, AnAlteredSourceStopsTheJob) {
    job_.prepare();
    application_->run("ALTER TABLE payments ADD COLUMN surprise int");
    EXPECT_EQ(job_.drift(), Drift::stop);
}

TEST_P(PostgresqlCopy, ARenamedSourceStopsTheJob) {
    job_.prepare();
    const std::vector<Chunk> chunks = job_.chunks(300);
    application_->run("ALTER TABLE payments RENAME TO elsewhere");
    EXPECT_EQ(job_.drift(), Drift::stop);
    EXPECT_THROW(job_.copy_one(chunks.front()), Error);
}

TEST_P(PostgresqlCopy, TooManyTransactionsSinceTheOriginRestartTheCopy) {
    job_.prepare();
    nlohmann::json far = nlohmann::json::parse(job_.origin());
    far["x0"] = far["x0"].get<std::int64_t>() - 1'500'000'001;
    EXPECT_EQ(job_.engine().copier().check_source(job_.control(), job_.blueprint(), far.dump()).drift,
              Drift::restart_copy);
}

TEST_P(PostgresqlCopy, AWriterWithRightsOnTheSourceAloneIsCaptured) {
    job_.control().run("CREATE ROLE writer_" + database_.url().database + " LOGIN");
    job_.control().run("GRANT SELECT, INSERT, UPDATE, DELETE ON public.payments TO writer_" +
                       database_.url().database);
    job_.prepare();
    {
        const auto writer = database_.application("writer_" + database_.url().database);
        writer->run("UPDATE payments SET amount = 2.5 WHERE id = 1");
        EXPECT_THROW(writer->run("SELECT count(*) FROM turntable.log_1"), DatabaseError);
    }
    EXPECT_EQ(log_entries(), 1);
    job_.control().run("DROP OWNED BY writer_" + database_.url().database);
    job_.control().run("DROP ROLE writer_" + database_.url().database);
}

TEST_P(PostgresqlCopy, AWriterInReplicaModeIsCaptured) {
    job_.prepare();
    application_->run("SET session_replication_role = replica");
    application_->run("UPDATE payments SET amount = 2.5 WHERE id = 1");
    EXPECT_EQ(log_entries(), 1);
}

TEST_P(PostgresqlCopy, EveryKindOfStatementIsCaptured) {
    job_.prepare();
    copy_with([&] {
        application_->run(
            "INSERT INTO payments (id, account) VALUES (1, 'up') ON CONFLICT (id) DO UPDATE SET account ="
            " EXCLUDED.account");
        application_->run("CREATE VIEW seen AS SELECT * FROM payments");
        application_->run("UPDATE seen SET note = 3 WHERE id = 2");
        application_->run(
            "MERGE INTO payments USING (VALUES (3), (9003)) v (id) ON payments.id = v.id WHEN MATCHED THEN"
            " DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)");
        application_->run("COPY payments (id) FROM PROGRAM 'printf \"7001\\n7002\\n\"'");
        application_->run("BEGIN; UPDATE payments SET note = 99 WHERE id > 1000; ROLLBACK");
        application_->run("UPDATE payments SET amount = amount + 1 WHERE id BETWEEN 500 AND 900");
    });
    finish_and_compare();
}

TEST_P(PostgresqlCopy, AKilledCopySessionLeavesNothingOfItsChunk) {
    job_.prepare();
    const std::vector<Chunk> chunks = job_.chunks(300);
    const auto session = database_.engine().open(SessionUse::copy);
    session->begin(TxMode::write);
    ASSERT_TRUE(std::holds_alternative<CopiedChunk>(
        database_.engine().copier().copy_chunk(*session, job_.blueprint(), job_.origin(), chunks[1])));
    job_.control().run("SELECT pg_terminate_backend($1::int)", {session->server_id()});
    try {
        session->commit();
        FAIL() << "a commit on a killed session must not look like one";
    } catch (const DatabaseError& error) {
        EXPECT_EQ(error.kind(), DatabaseErrorKind::outcome_unknown);
    }
    EXPECT_FALSE(session->usable());
    EXPECT_EQ(job_.control().run("SELECT count(*) FROM turntable.shadow_1").only_integer(), 0);
    job_.copy();
    finish_and_compare();
}

TEST_P(PostgresqlCopy, ByRangesOfTheKeyTheResultIsTheSame) {
    job_.prepare();
    nlohmann::json by_key = nlohmann::json::parse(job_.origin());
    by_key["by_blocks"] = false;
    std::string lower;
    int chunks = 0;
    do {
        const auto chunk =
            job_.engine().copier().next_chunk(job_.control(), job_.blueprint(), by_key.dump(), lower, 150);
        ASSERT_TRUE(chunk.has_value());
        Transaction transaction{job_.control(), TxMode::write};
        ASSERT_TRUE(std::holds_alternative<CopiedChunk>(
            job_.engine().copier().copy_chunk(job_.control(), job_.blueprint(), by_key.dump(), *chunk)));
        transaction.commit();
        lower = chunk->upper;
        if (++chunks == 3) {
            application_->run("UPDATE payments SET id = 7777 WHERE id = 5");
            application_->run("UPDATE payments SET id = 5 WHERE id = 1500");
            application_->run("DELETE FROM payments WHERE id IN (6, 1400)");
            application_->run("INSERT INTO payments (id) VALUES (0), (9999)");
        }
    } while (!lower.empty());
    EXPECT_GE(chunks, 13);
    finish_and_compare();
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlCopy, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlCopy);

} // namespace
} // namespace turntable::test
