#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace turntable::cli {
namespace {

using namespace std::chrono_literals;

class HandClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return now_; }
    [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return {}; }
    void sleep(Millis duration) override { now_ += duration; }

  private:
    std::chrono::steady_clock::time_point now_{1h};
};

run::Progress copying() {
    run::Progress progress;
    progress.job = "k3f9";
    progress.table = "shop.payments";
    progress.phase = "copy";
    progress.rows_done = 1'250'000;
    progress.rows_total = 5'000'000;
    progress.rows_per_second = 412'345.6;
    progress.backlog = 12;
    progress.eta = 9s;
    return progress;
}

run::Progress held() {
    run::Progress progress = copying();
    progress.reason = "max-load: active sessions at 40, limit 25";
    return progress;
}

struct Written {
    std::string text;
    [[nodiscard]] ProgressOutput output(ProgressStyle style, Verbosity verbosity = Verbosity::normal) {
        return {style, verbosity, ProgressOutput::Device::file, 80,
                [this](const std::string& more) { text += more; }};
    }
};

TEST(ProgressText, ShowsRowsSpeedBacklogAndTimeLeft) {
    EXPECT_EQ(progress_text(copying()),
              "copy  1,250,000 of 5,000,000 rows (25 %)  412,346 rows/s  backlog 12  9 s left");
}

TEST(ProgressText, ShowsWhatHoldsItBackInsteadOfATimeLeft) {
    EXPECT_EQ(progress_text(held()), "copy  1,250,000 of 5,000,000 rows (25 %)  412,346 rows/s  backlog 12  "
                                     "held: max-load: active sessions at 40, limit 25");
}

TEST(ProgressText, SaysAHundredPercentOfNothingButTheWhole) {
    run::Progress progress = copying();
    progress.rows_done = 4'999'999;
    EXPECT_NE(progress_text(progress).find("(99 %)"), std::string::npos);
    progress.rows_done = 5'000'001;
    EXPECT_NE(progress_text(progress).find("(100 %)"), std::string::npos);
}

TEST(ProgressText, LeavesOutWhatIsNotKnown) {
    run::Progress progress;
    progress.phase = "prepare";
    EXPECT_EQ(progress_text(progress), "prepare");
}

TEST(ProgressJson, IsTheLineOfTheContract) {
    EXPECT_EQ(
        progress_json(copying()),
        R"({"job":"k3f9","table":"shop.payments","phase":"copy","rows_done":1250000,"rows_total":5000000,)"
        R"("rows_per_second":412346,"backlog":12,"eta_seconds":9,"reason":""})"
        "\n");
}

TEST(ProgressBar, FillsWithTheWork) {
    EXPECT_EQ(progress_bar(copying(), 79),
              "copy    [####...............]  25 %  412,346 rows/s  backlog 12  9 s left");
}

TEST(ProgressBar, NeverWraps) {
    for (const int columns : {20, 40, 79}) {
        EXPECT_LE(progress_bar(held(), columns).size(), static_cast<std::size_t>(columns));
    }
}

TEST(PlainProgress, WritesAtNewsAndElseNowAndThen) {
    HandClock clock;
    Written written;
    const auto observer = make_observer(written.output(ProgressStyle::plain), clock);
    observer->progress(copying());
    clock.sleep(1s);
    observer->progress(copying());
    EXPECT_EQ(written.text, progress_text(copying()) + "\n");
    written.text.clear();
    observer->progress(held());
    EXPECT_EQ(written.text, progress_text(held()) + "\n");
    written.text.clear();
    clock.sleep(10s);
    observer->progress(held());
    EXPECT_EQ(written.text, progress_text(held()) + "\n");
}

TEST(BarProgress, WritesOverItsLineAndKeepsNotes) {
    HandClock clock;
    Written written;
    {
        const auto observer = make_observer(written.output(ProgressStyle::bar), clock);
        observer->progress(copying());
        observer->note("the copy starts again");
        run::Progress next = copying();
        next.phase = "index";
        observer->progress(next);
    }
    const std::string copy = progress_bar(copying(), 79);
    std::string index = copy;
    index.replace(0, 5, "index");
    EXPECT_EQ(written.text, "\r" + copy + "\x1b[K" + "\rthe copy starts again\x1b[K\n" + copy + "\n" + index +
                                "\x1b[K" + "\n");
}

TEST(Progress, IsPlainWithoutATerminal) {
    HandClock clock;
    Written written;
    make_observer(written.output(ProgressStyle::automatic), clock)->progress(copying());
    EXPECT_EQ(written.text, progress_text(copying()) + "\n");
}

TEST(Progress, SaysNothingBeforeTheFirstPhase) {
    HandClock clock;
    Written written;
    for (const auto style : {ProgressStyle::plain, ProgressStyle::bar, ProgressStyle::json}) {
        make_observer(written.output(style), clock)->progress(run::Progress{});
    }
    EXPECT_EQ(written.text, "");
}

TEST(Progress, JsonNotesAreJsonToo) {
    HandClock clock;
    Written written;
    const auto observer = make_observer(written.output(ProgressStyle::json), clock);
    observer->note("a \"note\"");
    EXPECT_EQ(written.text, "{\"note\":\"a \\\"note\\\"\"}\n");
}

TEST(Progress, NoneKeepsTheNotesAndQuietNothing) {
    HandClock clock;
    Written written;
    const auto none = make_observer(written.output(ProgressStyle::none), clock);
    none->progress(copying());
    none->note("blocked by session 17");
    EXPECT_EQ(written.text, "blocked by session 17\n");
    written.text.clear();
    const auto quiet = make_observer(written.output(ProgressStyle::bar, Verbosity::quiet), clock);
    quiet->progress(copying());
    quiet->note("blocked by session 17");
    EXPECT_EQ(written.text, "");
}

} // namespace
} // namespace turntable::cli
