// Too little room for a second table is refused before anything is made, where the room can be told.
#include <gtest/gtest.h>

#include "plan/estimate.hpp"
#include "plan_support.hpp"
#include "refusals/refusals.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {
namespace {

constexpr Bytes mebibyte = 1024 * 1024;

TEST(PlanDisk, TooLittleIsRefusedWithBothSizes) {
    Estimate estimate;
    estimate.disk_needed = 10 * mebibyte;
    estimate.disk_free = 5 * mebibyte;
    try {
        postgresql::refuse_full_disk(estimate);
        FAIL() << "not refused";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::refused);
        EXPECT_EQ(error.code(), "disk_full");
        EXPECT_NE(std::string{error.what()}.find("5 MiB are free"), std::string::npos) << error.what();
    }
    estimate.disk_free = 11 * mebibyte;
    EXPECT_NO_THROW(postgresql::refuse_full_disk(estimate));
    estimate.disk_free.reset();
    EXPECT_NO_THROW(postgresql::refuse_full_disk(estimate));
}

TEST(PlanDisk, OnlyTheDirectoryOfTheServerItselfCounts) {
    const TempDir directory;
    EXPECT_FALSE(postgresql::free_bytes(directory.path().string(), 1000).has_value());
    (void)directory.file("postmaster.pid", "17\n/somewhere\n1000\n");
    EXPECT_GT(postgresql::free_bytes(directory.path().string(), 1000).value_or(0), 0);
    EXPECT_FALSE(postgresql::free_bytes(directory.path().string(), 2000).has_value()) << "another server's";
}

class PlanDiskOf : public testing::TestWithParam<Server> {};

INSTANTIATE_TEST_SUITE_P(Servers, PlanDiskOf, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PlanDiskOf);

TEST_P(PlanDiskOf, AShadowIsTheTableAndItsIndexesOnceMore) {
    ScratchDatabase database{GetParam()};
    Planned planned{database};
    planned.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int)",
                 "INSERT INTO t SELECT i, i FROM generate_series(1, 20000) i", "ANALYZE t"});
    const Estimate estimate = planned.plan("t", {"ALTER a TYPE bigint"}).estimate;
    const std::int64_t sizes =
        planned.session().run("SELECT pg_total_relation_size('public.t')").only_integer();
    EXPECT_GE(estimate.disk_needed, sizes);
    EXPECT_LT(estimate.disk_needed, 2 * sizes);
    EXPECT_EQ(estimate.rows, 20000);
}

// Nobody has analysed it yet, or not since it grew.
TEST_P(PlanDiskOf, RowsAreGuessedFromTheSizeOfNow) {
    ScratchDatabase database{GetParam()};
    Planned planned{database};
    planned.run({"CREATE TABLE t (id bigint PRIMARY KEY, a int) WITH (autovacuum_enabled = off)",
                 "INSERT INTO t SELECT i, i FROM generate_series(1, 20000) i"});
    const Rows guessed = planned.plan("t", {"ALTER a TYPE bigint"}).estimate.rows;
    EXPECT_GT(guessed, 10000);
    EXPECT_LT(guessed, 40000);
    planned.run({"ANALYZE t", "INSERT INTO t SELECT i, i FROM generate_series(20001, 80000) i"});
    const Rows grown = planned.plan("t", {"ALTER a TYPE bigint"}).estimate.rows;
    EXPECT_GT(grown, 75000);
    EXPECT_LT(grown, 85000);
}

} // namespace
} // namespace turntable::test
