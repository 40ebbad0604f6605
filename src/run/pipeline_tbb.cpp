#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <exception>
#include <mutex>

#include "run/pipeline.hpp"

namespace turntable::run {
namespace {

// Keeps the first failure. oneTBB cancels a pipeline whose body throws, and would so drop results that are
// already committed in the database; therefore bodies never throw here.
class FirstFailure {
  public:
    template <typename Body>
    auto guard(Body&& body) -> decltype(body()) {
        if (!failed()) {
            try {
                return body();
            } catch (...) {
                const std::scoped_lock lock{mutex_};
                if (!first_) {
                    first_ = std::current_exception();
                }
                failed_ = true;
            }
        }
        return decltype(body()){};
    }
    [[nodiscard]] bool failed() const { return failed_; }
    void rethrow() const {
        if (first_) {
            std::rethrow_exception(first_);
        }
    }

  private:
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::exception_ptr first_;
};

class TbbPipeline final : public phase::Pipeline {
  public:
    void run(int workers, const Source& source, const Work& work) override {
        // Workers wait for the database, so their number has nothing to do with the number of cores, at which
        // oneTBB would cap them.
        const auto width = static_cast<std::size_t>(workers) + 1;
        const tbb::global_control allowed{tbb::global_control::max_allowed_parallelism, width};
        tbb::task_arena arena{static_cast<int>(width)};
        FirstFailure failure;
        arena.execute([&] { run_filters(static_cast<std::size_t>(workers), source, work, failure); });
        failure.rethrow();
    }

  private:
    static void run_filters(std::size_t tokens, const Source& source, const Work& work,
                            FirstFailure& failure) {
        const auto next = [&](tbb::flow_control& flow) -> std::optional<Chunk> {
            auto chunk = failure.guard([&] { return source(); });
            if (!chunk) {
                flow.stop();
            }
            return chunk;
        };
        const auto perform = [&](const std::optional<Chunk>& chunk) -> Landing {
            return chunk ? failure.guard([&] { return work(*chunk); }) : Landing{};
        };
        // A landing whose work was committed runs even after a failure elsewhere: it is true.
        const auto land = [&](const Landing& landing) {
            if (landing) {
                landing();
            }
        };
        tbb::parallel_pipeline(
            tokens, tbb::make_filter<void, std::optional<Chunk>>(tbb::filter_mode::serial_in_order, next) &
                        tbb::make_filter<std::optional<Chunk>, Landing>(tbb::filter_mode::parallel, perform) &
                        tbb::make_filter<Landing, void>(tbb::filter_mode::serial_in_order, land));
    }
};

} // namespace

std::unique_ptr<phase::Pipeline> make_tbb_pipeline() {
    return std::make_unique<TbbPipeline>();
}

} // namespace turntable::run
