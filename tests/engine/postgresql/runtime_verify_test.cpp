// The verification must see every kind of falsified row, and nothing else.
#include <algorithm>

#include "runtime_job.hpp"

namespace turntable::test {
namespace {

class PostgresqlVerify : public testing::TestWithParam<Server> {
  protected:
    PostgresqlVerify() : database_(GetParam()), job_(database_, 400), application_(database_.application()) {
        job_.prepare();
        job_.copy();
        job_.index();
        job_.replay();
    }

    ScratchDatabase database_;
    RuntimeJob job_;
    std::unique_ptr<Session> application_;
};

TEST_P(PostgresqlVerify, AMissingAnExtraAndAFalseRowAreEachReportedWithKeyAndValues) {
    job_.control().run("DELETE FROM turntable.shadow_1 WHERE id = 10");
    job_.control().run("INSERT INTO turntable.shadow_1 (id, amount_cents) VALUES (-5, 1), (5000, 2)");
    job_.control().run("UPDATE turntable.shadow_1 SET amount_cents = amount_cents + 1 WHERE id = 300");
    const VerifiedChunk verified = job_.verify();
    EXPECT_EQ(verified.difference_count, 4);
    EXPECT_EQ(verified.source_rows, 400);
    EXPECT_EQ(verified.shadow_rows, 401);
    const auto find = [&](const std::string& key) {
        return std::ranges::find_if(verified.differences, [&](const Difference& d) { return d.key == key; });
    };
    ASSERT_NE(find("id=10"), verified.differences.end());
    EXPECT_EQ(find("id=10")->kind, Difference::Kind::missing);
    ASSERT_NE(find("id=-5"), verified.differences.end());
    EXPECT_EQ(find("id=-5")->kind, Difference::Kind::extra);
    ASSERT_NE(find("id=5000"), verified.differences.end());
    const auto falsified = find("id=300");
    ASSERT_NE(falsified, verified.differences.end());
    ASSERT_EQ(falsified->columns.size(), 1U);
    EXPECT_EQ(falsified->columns[0].column, "amount_cents");
    EXPECT_EQ(falsified->columns[0].source, "170800");
    EXPECT_EQ(falsified->columns[0].shadow, "170801");
}

TEST_P(PostgresqlVerify, AValueThatIsEqualButOfAnotherImageIsADifference) {
    job_.control().run("UPDATE turntable.shadow_1 SET note = note * 1.00 WHERE id = 8");
    job_.control().run("UPDATE turntable.shadow_1 SET extra = '{\"a\":1}' WHERE id = 9");
    EXPECT_EQ(job_.verify().difference_count, 2);
}

TEST_P(PostgresqlVerify, AMinusZeroIsADifference) {
    application_->run("UPDATE payments SET ratio = 0 WHERE id = 7");
    job_.replay();
    job_.control().run("UPDATE turntable.shadow_1 SET ratio = '-0' WHERE id = 7");
    EXPECT_EQ(job_.verify().difference_count, 1);
}

TEST_P(PostgresqlVerify, KeysInTheLogAreLeftOutAndComparedAfterTheirReplay) {
    application_->run("UPDATE payments SET amount = 3 WHERE id = 50");
    application_->run("DELETE FROM payments WHERE id = 51");
    application_->run("INSERT INTO payments (id, amount) VALUES (9000, 4)");
    VerifiedChunk verified = job_.verify();
    EXPECT_EQ(verified.difference_count, 0);
    EXPECT_EQ(verified.source_rows, 398);
    EXPECT_EQ(verified.shadow_rows, 398);
    ASSERT_EQ(verified.pending.size(), 3U);

    const auto look = [&] {
        Transaction transaction{job_.reader(), TxMode::snapshot};
        VerifiedChunk one =
            job_.engine().verifier().verify_keys(job_.reader(), job_.blueprint(), verified.pending, 10);
        transaction.commit();
        return one;
    };
    EXPECT_EQ(look().pending.size(), 3U) << "not replayed yet";
    job_.replay();
    job_.control().run("UPDATE turntable.shadow_1 SET note = 1 WHERE id = 50");
    const VerifiedChunk after = look();
    EXPECT_TRUE(after.pending.empty());
    EXPECT_EQ(after.source_rows, 2);
    EXPECT_EQ(after.shadow_rows, 2);
    ASSERT_EQ(after.difference_count, 1);
    EXPECT_EQ(after.differences[0].key, "id=50");
}

TEST_P(PostgresqlVerify, TheSumsOfAConversionAddUpToTheLastDigit) {
    application_->run("UPDATE payments SET amount = 0.125 WHERE id = 1");
    application_->run("UPDATE payments SET amount = 1.005 WHERE id = 2");
    application_->run("UPDATE payments SET amount = NULL WHERE id = 3");
    job_.replay();
    Transaction transaction{job_.reader(), TxMode::snapshot};
    const VerifiedChunk all =
        job_.engine().verifier().verify_chunk(job_.reader(), job_.blueprint(), Chunk{}, 10);
    transaction.commit();
    ASSERT_EQ(all.sums.size(), 1U);
    const ResultSet check = job_.control().run(
        "SELECT $1::numeric = sum(amount::text::numeric), $2::numeric = $1::numeric * 100 + $3::numeric,"
        " $2::numeric = (SELECT sum(amount_cents) FROM turntable.shadow_1) FROM public.payments",
        {all.sums[0].source, all.sums[0].target, all.sums[0].error});
    EXPECT_EQ(check.rows[0], (std::vector<Cell>{"t", "t", "t"}))
        << all.sums[0].source << " " << all.sums[0].target << " " << all.sums[0].error;
}

TEST_P(PostgresqlVerify, TheProbeCountsEachClassAndShowsItsKeys) {
    application_->run("UPDATE payments SET amount = 1.005 WHERE id <= 400");
    application_->run("UPDATE payments SET amount = 17.08 WHERE id <= 300");
    application_->run("UPDATE payments SET amount = NULL WHERE id = 5");
    application_->run("UPDATE payments SET amount = 'NaN' WHERE id = 6");
    application_->run("UPDATE payments SET amount = 1e30 WHERE id = 7");
    const ProbedChunk probed =
        job_.engine().prober().probe_chunk(job_.reader(), job_.blueprint(), Chunk{}, 2);
    EXPECT_EQ(probed.rows, 400);
    ASSERT_EQ(probed.conversions.size(), 1U);
    const ConversionProbe& cents = probed.conversions[0];
    EXPECT_EQ(cents.nulls, 1);
    EXPECT_EQ(cents.rounded, 100);
    EXPECT_EQ(cents.not_finite, 1);
    EXPECT_EQ(cents.out_of_range, 1);
    EXPECT_EQ(cents.exact, 297);
    EXPECT_EQ(cents.sum_target, std::to_string(297 * 1708 + 100 * 100));
    EXPECT_EQ(std::stod(cents.sum_error), -50.0);
    EXPECT_EQ(std::stod(cents.largest_error), 0.5);
    EXPECT_EQ(std::ranges::count(cents.examples, std::string{"rounded"}, &ProbeExample::finding), 2);
    EXPECT_TRUE(std::ranges::any_of(cents.examples, [](const ProbeExample& example) {
        return example.finding == "not_finite" && example.key == "id=6" && example.value == "NaN";
    }));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlVerify, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlVerify);

} // namespace
} // namespace turntable::test
