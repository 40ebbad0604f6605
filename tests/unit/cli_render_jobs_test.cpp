#include "cli/render_jobs.hpp"

#include <gtest/gtest.h>

namespace turntable::cli {
namespace {

run::JobLine copying() {
    run::JobLine job;
    job.job = "k3f9";
    job.table = "shop.payments";
    job.phase = "copy";
    job.state = run::JobState::running;
    job.owner_alive = true;
    job.rows_done = 1'250'000;
    job.rows_total = 5'000'000;
    job.backlog = 12;
    job.eta_seconds = 75;
    job.reason = "max-lag: replica 10.0.0.2 at 2300 ms, limit 1000 ms";
    return job;
}

run::JobLine waiting() {
    run::JobLine job;
    job.job = "a1";
    job.table = "t";
    job.phase = "window";
    job.state = run::JobState::swapped;
    job.revert_until = "2026-11-22T07:00:00Z";
    return job;
}

TEST(JobsText, AlignsItsColumns) {
    EXPECT_EQ(jobs_text({copying(), waiting()}),
              "JOB   TABLE          PHASE   STATE    OWNER  ROWS                    BACKLOG  ETA\n"
              "k3f9  shop.payments  copy    running  alive  1,250,000 of 5,000,000  12       1 min 15 s\n"
              "  max-lag: replica 10.0.0.2 at 2300 ms, limit 1000 ms\n"
              "a1    t              window  swapped  gone   0                       0        -\n"
              "  can be reverted until 2026-11-22T07:00:00Z\n");
}

TEST(JobsText, SaysThatThereAreNone) {
    EXPECT_EQ(jobs_text({}), "no jobs\n");
}

TEST(JobsText, ShowsAWindowThatRanOutAndItsLog) {
    run::JobLine job = waiting();
    job.window_overdue = true;
    job.log_bytes = 12'000'000;
    EXPECT_EQ(shown_reason(job),
              "its revert window ran out at 2026-11-22T07:00:00Z, finalize it; its change log "
              "takes 12 MB");
}

TEST(JobsJson, IsTheArrayOfTheContract) {
    EXPECT_EQ(jobs_json({copying()}),
              R"([{"job":"k3f9","table":"shop.payments","phase":"copy","state":"running","owner_alive":true,)"
              R"("rows_done":1250000,"rows_total":5000000,"backlog":12,"eta_seconds":75,)"
              R"("reason":"max-lag: replica 10.0.0.2 at 2300 ms, limit 1000 ms"}])"
              "\n");
    EXPECT_EQ(jobs_json({}), "[]\n");
}

TEST(Requests, SayWhatWasAsked) {
    EXPECT_EQ(request_text("k3f9", "pause", {}),
              "asked job k3f9: pause; a live owner obeys within two seconds\n");
    EXPECT_EQ(request_text("k3f9", "set", {{"workers", "4"}}),
              "asked job k3f9: set workers=4; a live owner obeys within two seconds\n");
    EXPECT_EQ(request_json("k3f9", "set", {{"workers", "4"}}),
              "{\"job\":\"k3f9\",\"request\":\"set\",\"settings\":{\"workers\":\"4\"}}\n");
}

} // namespace
} // namespace turntable::cli
