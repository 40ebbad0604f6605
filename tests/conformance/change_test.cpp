// One online change from end to end under writers, with the built program, for every kind of key, column and
// change; back again without losing a write; and once more to its end.

#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "conformance/cases.hpp"
#include "support/catalog_image.hpp"
#include "support/test_database.hpp"
#include "support/tool.hpp"
#include "support/writers.hpp"

namespace turntable::test {
namespace {

class Change : public testing::TestWithParam<Case> {
  protected:
    Change() : tool_(database_.url()) {
        const Case& tested = GetParam();
        model_ = make_model(database_.flavor(), tested.key, &tested.columns, tested.change);
        old_shape_ = new_shape_ = same_shape(model_);
        tested.change.effect(new_shape_);
        database_.exec(model_.create());
        before_ = catalog_image(database_.flavor(), database_.client(), model_.key.table);
        writers_ = std::make_unique<Writers>(database_, model_,
                                             WriterOptions{.rows = 3000,
                                                           .pause = std::chrono::microseconds{4000},
                                                           .looks_at_shape = tested.change.writers_look});
        writers_->fill();
        first_keys_ = twin_keys(database_.client(), model_);
    }

    // Runs the tool beside the writers and proves that they wrote meanwhile.
    nlohmann::json run_beside_writers(const std::vector<std::string>& arguments) {
        const std::int64_t written = writers_->committed();
        const ToolRun run = tool_.json(arguments);
        EXPECT_EQ(run.exit_code, 0) << run.text();
        EXPECT_GT(writers_->committed(), written) << "no writer got through";
        return run.exit_code == 0 ? run.json() : nlohmann::json::object();
    }

    std::string change() {
        std::vector<std::string> arguments = arguments_of(model_, GetParam().change);
        arguments.insert(arguments.end(), {"--execute", "--yes"});
        const nlohmann::json outcome = run_beside_writers(arguments);
        if (outcome.empty()) {
            return {};
        }
        EXPECT_THAT(outcome.value("state", ""), testing::AnyOf("swapped", "finalized")) << outcome.dump(1);
        EXPECT_EQ(outcome.value("mismatches", -1), 0) << outcome.dump(1);
        if (outcome.value("strategy", "") == "shadow") {
            EXPECT_TRUE(outcome.value("verified", false)) << outcome.dump(1);
            EXPECT_GE(outcome["rows"].value("copied", -1), 1) << outcome.dump(1);
        }
        state_ = outcome.value("state", "");
        return outcome.value("job", "");
    }

    void expect(const ExpectedShape& shape, const std::string& when, const WayBack* way_back = nullptr) {
        ASSERT_TRUE(writers_->wait_for(10)) << when;
        writers_->hold();
        EXPECT_THAT(differences(database_.client(), model_, shape, way_back), testing::IsEmpty()) << when;
        EXPECT_THAT(writers_->complaints(), testing::IsEmpty()) << when;
        writers_->proceed();
    }

    void expect_catalogue(const std::string& when) {
        const auto now = catalog_image(database_.flavor(), database_.client(), model_.key.table);
        EXPECT_THAT(image_changes(before_, now), testing::IsEmpty()) << when;
    }

    // A constraint of the new shape must really be enforced.
    void expect_refusal(bool refused) {
        if (GetParam().change.refused_after.empty()) {
            return;
        }
        std::string statement = GetParam().change.refused_after;
        statement.replace(statement.find('#'), 1, model_.table());
        writers_->hold();
        database_.client().query(database_.flavor() == Flavor::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        bool failed = false;
        try {
            database_.client().query(statement);
        } catch (const ClientError&) {
            failed = true;
        }
        database_.client().query("ROLLBACK");
        writers_->proceed();
        EXPECT_EQ(failed, refused) << statement;
    }

    // After the end the catalogue is what the server's own ALTER makes of an equal table in another database.
    void expect_native_catalogue() {
        if (GetParam().change.native.empty()) {
            return;
        }
        TestDatabase other{GetParam().server};
        other.exec(model_.create());
        other.exec(native_of(model_, GetParam().change));
        const auto wanted = catalog_image(other.flavor(), other.client());
        const auto found = catalog_image(database_.flavor(), database_.client());
        EXPECT_THAT(image_changes(wanted, found), testing::IsEmpty());
    }

    TestDatabase database_{GetParam().server};
    Tool tool_;
    TableModel model_;
    ExpectedShape old_shape_, new_shape_;
    TwinKeys first_keys_; // their rows never get another key
    std::vector<std::string> before_;
    std::unique_ptr<Writers> writers_;
    std::string state_;
};

TEST_P(Change, IsMadeRevertedAndMadeAgainUnderWriters) {
    writers_->start();
    const std::string first = change();
    ASSERT_FALSE(HasFailure());
    expect(new_shape_, "after the change");
    expect_refusal(true);
    if (state_ == "swapped") {
        EXPECT_EQ(run_beside_writers({"revert", first}).value("state", ""), "reverted");
        ASSERT_FALSE(HasFailure());
        const WayBack way_back{first_keys_, new_shape_};
        expect(old_shape_, "after the way back", &way_back);
        expect_refusal(GetParam().change.refused_before);
        expect_catalogue("after the way back");
        run_beside_writers({"finalize", first});
        ASSERT_FALSE(HasFailure());
        const std::string second = change();
        ASSERT_FALSE(HasFailure());
        EXPECT_EQ(run_beside_writers({"finalize", second}).value("state", ""), "finalized");
        expect(new_shape_, "at the end");
    }
    expect_refusal(true);
    writers_->stop();
    EXPECT_THAT(writers_->complaints(), testing::IsEmpty());
    expect_native_catalogue();
    const WriterCounts counts = writers_->counts();
    std::printf("%lld transactions, p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n",
                static_cast<long long>(counts.committed), static_cast<double>(counts.p50.count()) / 1000,
                static_cast<double>(counts.p99.count()) / 1000,
                static_cast<double>(counts.longest.count()) / 1000);
}

INSTANTIATE_TEST_SUITE_P(Servers, Change, testing::ValuesIn(cases(asked_depth())), case_name);

} // namespace
} // namespace turntable::test
