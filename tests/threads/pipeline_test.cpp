// The three pipelines keep one contract. Run under ThreadSanitizer for the thread-based one.
#include "run/pipeline.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace turntable::run {
namespace {

struct Make {
    const char* name;
    std::unique_ptr<phase::Pipeline> (*make)();
};

class PipelineTest : public testing::TestWithParam<Make> {
  protected:
    std::unique_ptr<phase::Pipeline> pipeline_ = GetParam().make();
};

phase::Pipeline::Source numbers_to(std::int64_t end, std::int64_t& taken) {
    return [&taken, end]() -> std::optional<Chunk> {
        if (taken == end) {
            return std::nullopt;
        }
        Chunk chunk;
        chunk.number = taken++;
        return chunk;
    };
}

TEST_P(PipelineTest, LandsEveryChunkOnceInTheOrderOfTheSource) {
    std::int64_t taken = 0;
    std::vector<std::int64_t> landed; // no lock: landings are serial
    pipeline_->run(4, numbers_to(200, taken), [&](const Chunk& chunk) -> phase::Pipeline::Landing {
        if (chunk.number % 3 == 0) {
            std::this_thread::yield();
        }
        return [&landed, number = chunk.number] { landed.push_back(number); };
    });
    ASSERT_EQ(landed.size(), 200U);
    for (std::int64_t i = 0; i < 200; ++i) {
        EXPECT_EQ(landed[static_cast<std::size_t>(i)], i);
    }
}

TEST_P(PipelineTest, ThrowsTheFirstFailureAfterLandingWhatWasDone) {
    std::int64_t taken = 0;
    std::atomic<int> done{0};
    int landed = 0;
    const auto work = [&](const Chunk& chunk) -> phase::Pipeline::Landing {
        if (chunk.number == 20) {
            throw std::runtime_error{"chunk 20"};
        }
        ++done;
        return [&landed] { ++landed; };
    };
    EXPECT_THROW(pipeline_->run(4, numbers_to(100'000, taken), work), std::runtime_error);
    EXPECT_EQ(landed, done) << "work that was committed was not landed";
    EXPECT_LT(taken, 100'000) << "the source went on after the failure";
}

TEST_P(PipelineTest, ThrowsAFailureOfTheSource) {
    const auto source = []() -> std::optional<Chunk> { throw std::runtime_error{"source"}; };
    const auto work = [](const Chunk&) -> phase::Pipeline::Landing { return {}; };
    EXPECT_THROW(pipeline_->run(2, source, work), std::runtime_error);
}

TEST_P(PipelineTest, EndsAtOnceWithAnEmptySource) {
    std::int64_t taken = 0;
    pipeline_->run(2, numbers_to(0, taken), [](const Chunk&) -> phase::Pipeline::Landing {
        ADD_FAILURE() << "work without a chunk";
        return {};
    });
}

TEST_P(PipelineTest, WorksOnSeveralChunksAtOnceEvenOnOneCore) {
    if (std::string{GetParam().name} == "inline") {
        return; // its promise is the opposite
    }
    std::int64_t taken = 0;
    std::atomic<int> inside{0};
    const auto work = [&](const Chunk&) -> phase::Pipeline::Landing {
        ++inside;
        while (inside < 3) { // would never end if fewer than three ran at once
            std::this_thread::yield();
        }
        return {};
    };
    pipeline_->run(3, numbers_to(3, taken), work);
    EXPECT_EQ(inside, 3);
}

#if defined(TURNTABLE_THREAD_SANITIZER)
// The packaged oneTBB is not instrumented: its own synchronisation is invisible to ThreadSanitizer.
const auto pipelines =
    testing::Values(Make{"inline", &make_inline_pipeline}, Make{"threads", &make_thread_pipeline});
#else
const auto pipelines =
    testing::Values(Make{"inline", &make_inline_pipeline}, Make{"threads", &make_thread_pipeline},
                    Make{"tbb", &make_tbb_pipeline});
#endif
INSTANTIATE_TEST_SUITE_P(All, PipelineTest, pipelines,
                         [](const auto& instance) { return std::string{instance.param.name}; });

} // namespace
} // namespace turntable::run
