// Checksums, and what a target means.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/checksum.hpp"
#include "migrate/lineup.hpp"

namespace turntable::migrate {
namespace {

using testing::ElementsAre;

TEST(MigrationChecksum, IsSha256WithItsName) {
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(checksum("abc").substr(0, 9), "sha256.1:");
    // 56 bytes and more: the length is in a block of its own.
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

class Targets : public testing::Test {
  protected:
    Targets() {
        for (const char* const version :
             {"20260101000001", "20260101000002", "20260101000003", "20260201000000"}) {
            MigrationFile& file = files_.emplace_back();
            file.version = version;
            file.slug = "slug_" + file.version.substr(7);
            file.text = version;
        }
        apply(0);
        apply(1);
    }
    void apply(std::size_t i) {
        HistoryRow& row = rows_.emplace_back();
        row.version = files_[i].version;
        row.slug = files_[i].slug;
        row.checksum = checksum(files_[i].text);
        row.state = RowState::applied;
    }
    static std::vector<std::string> versions(const std::vector<const Line*>& lines) {
        std::vector<std::string> out;
        for (const Line* const line : lines) {
            out.push_back(line->version.substr(4));
        }
        return out;
    }

    std::vector<MigrationFile> files_;
    std::vector<HistoryRow> rows_;
};

TEST_F(Targets, UpTakesHeadStepsVersionsAndBeginnings) {
    const auto lines = line_up(files_, rows_);
    EXPECT_THAT(versions(to_apply(lines, "head")), ElementsAre("0101000003", "0201000000"));
    EXPECT_THAT(versions(to_apply(lines, "+1")), ElementsAre("0101000003"));
    EXPECT_THAT(versions(to_apply(lines, "202602")), ElementsAre("0101000003", "0201000000"));
    EXPECT_THAT(versions(to_apply(lines, "20260101000002")), ElementsAre());
    EXPECT_THROW(static_cast<void>(to_apply(lines, "202601")), Error) << "three begin so";
    EXPECT_THROW(static_cast<void>(to_apply(lines, "+x")), Error);
}

TEST_F(Targets, DownTakesStepsBaseAndTheVersionThatStays) {
    const auto lines = line_up(files_, rows_);
    EXPECT_THAT(versions(to_revert(lines, "-1")), ElementsAre("0101000002"));
    EXPECT_THAT(versions(to_revert(lines, "base")), ElementsAre("0101000002", "0101000001"));
    EXPECT_THAT(versions(to_revert(lines, "20260101000001")), ElementsAre("0101000002"));
    EXPECT_THROW(static_cast<void>(to_revert(lines, "20260201000000")), Error) << "it is not applied";
}

TEST_F(Targets, EditedMissingAndLateOnesAreSeen) {
    apply(3);
    rows_[0].checksum = checksum("another text");
    HistoryRow& gone = rows_.emplace_back(rows_[1]);
    gone.version = "20250101000000";
    const auto lines = line_up(files_, rows_);
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(lines[0].file, nullptr);
    EXPECT_TRUE(lines[1].edited);
    EXPECT_FALSE(lines[2].edited);
    EXPECT_TRUE(lines[3].out_of_order);
}

TEST_F(Targets, WhatItsPhaseLeftForLaterIsNotLate) {
    apply(3);
    files_[2].phase = DeployPhase::contract;
    EXPECT_FALSE(line_up(files_, rows_)[2].out_of_order);
}

} // namespace
} // namespace turntable::migrate
