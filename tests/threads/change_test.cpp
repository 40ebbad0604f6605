// A whole change, with its pipelines, its monitor and messages from another thread, beside writers. Under
// ThreadSanitizer this looks at every lock of run/ and phase/.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "change/parse.hpp"
#include "run/api.hpp"
#include "support/kinds.hpp"
#include "support/test_database.hpp"
#include "support/twin_oracle.hpp"
#include "support/writers.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

class Notes final : public run::Observer {
  public:
    void progress(const run::Progress& now) override {
        const std::scoped_lock lock{mutex_};
        phases_.insert(now.phase);
    }
    void note(const std::string&) override {}
    [[nodiscard]] std::set<std::string> phases() {
        const std::scoped_lock lock{mutex_};
        return phases_;
    }

  private:
    std::mutex mutex_;
    std::set<std::string> phases_;
};

class ThreadedChange : public testing::Test {
  protected:
    ThreadedChange()
        : change_(change_named(change_kinds(Flavor::sqlite), "cents")),
          model_(make_model(Flavor::sqlite, integer_key(Flavor::sqlite), nullptr, change_)),
          old_shape_(same_shape(model_)),
          new_shape_(old_shape_) {
        change_.effect(new_shape_);
        database_.exec(model_.create());
        writers_ = std::make_unique<Writers>(
            database_, model_,
            WriterOptions{.rows = 20'000, .pause = std::chrono::microseconds{2000}, .looks_at_shape = true});
        writers_->fill();
        settings_.workers = 4;
        settings_.chunk_time = Millis{5};
    }

    [[nodiscard]] ChangeRequest request() const {
        ChangeRequest request;
        request.table.name = model_.key.table;
        const std::vector<std::string> arguments = arguments_of(model_, change_);
        for (std::size_t i = 2; i + 1 < arguments.size(); i += 2) {
            request.conversions.push_back(change::parse_conversion(arguments[i + 1]));
        }
        return request;
    }
    run::Outcome call(const std::function<run::Outcome(const run::Context&)>& body) {
        const auto engine = make_engine(Url::parse(database_.url()));
        return body({*engine, notes_, [] { return false; }, real_clock(), run::Threads::plain});
    }
    run::Outcome execute() {
        return call([&](const run::Context& context) {
            return run::execute(context, run::plan_change(context.engine, request(), settings_), settings_);
        });
    }
    void expect_rows(const ExpectedShape& shape) {
        writers_->hold();
        EXPECT_THAT(differences(database_.client(), model_, shape), testing::IsEmpty());
        EXPECT_THAT(writers_->complaints(), testing::IsEmpty());
        writers_->proceed();
    }
    std::string wait_for_job() {
        const auto engine = make_engine(Url::parse(database_.url()));
        while (true) {
            if (const auto jobs = run::jobs(*engine); !jobs.empty()) {
                return jobs.front().job;
            }
            std::this_thread::sleep_for(Millis{1});
        }
    }

    TestDatabase database_{Server{"sqlite", ""}};
    ChangeKind change_;
    TableModel model_;
    ExpectedShape old_shape_, new_shape_;
    std::unique_ptr<Writers> writers_;
    Settings settings_;
    Notes notes_;
};

TEST_F(ThreadedChange, IsMadeAndRevertedBesideWriters) {
    writers_->start();
    const run::Outcome outcome = execute();
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    expect_rows(new_shape_);
    const auto back = call([&](const run::Context& context) { return run::revert(context, outcome.job); });
    EXPECT_EQ(back.state, run::JobState::reverted) << back.reason;
    expect_rows(old_shape_);
    EXPECT_THAT(notes_.phases(), testing::IsSupersetOf({"copy", "verify", "swap"}));
}

TEST_F(ThreadedChange, ObeysMessagesOfOthers) {
    settings_.cutover = CutoverMode::manual;
    writers_->start();
    std::jthread steering{[&] {
        const auto engine = make_engine(Url::parse(database_.url()));
        const std::string job = wait_for_job();
        run::request_set(*engine, job, "chunk-time", "3ms");
        run::request_set(*engine, job, "cutover", "auto");
    }};
    const run::Outcome outcome = execute();
    EXPECT_EQ(outcome.state, run::JobState::swapped) << outcome.reason;
    expect_rows(new_shape_);
}

} // namespace
} // namespace turntable::test
