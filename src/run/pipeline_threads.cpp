#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "run/pipeline.hpp"

namespace turntable::run {
namespace {

// One run of the pipeline. Each worker takes a chunk (in order, under the mutex), works without it, and lands
// every result that is next in order. The source and the landings are thus serial, as the interface promises.
class ThreadRun {
  public:
    ThreadRun(const phase::Pipeline::Source& source, const phase::Pipeline::Work& work)
        : source_(source), work_(work) {}

    void run(int workers) {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers; ++i) {
            threads.emplace_back([this] { work_until_empty(); });
        }
        threads.clear(); // joins
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

  private:
    struct Ticket {
        std::int64_t number;
        Chunk chunk;
    };

    void work_until_empty() {
        while (const auto ticket = take()) {
            phase::Pipeline::Landing landing;
            try {
                landing = work_(ticket->chunk);
            } catch (...) {
                fail();
            }
            land(ticket->number, std::move(landing));
        }
    }

    std::optional<Ticket> take() {
        const std::scoped_lock lock{source_mutex_};
        if (ended_) {
            return std::nullopt;
        }
        try {
            if (auto chunk = source_()) {
                return Ticket{taken_++, std::move(*chunk)};
            }
        } catch (...) {
            fail();
        }
        ended_ = true;
        return std::nullopt;
    }

    void land(std::int64_t number, phase::Pipeline::Landing landing) {
        const std::scoped_lock lock{landing_mutex_};
        waiting_.emplace(number, std::move(landing));
        while (!waiting_.empty() && waiting_.begin()->first == landed_) {
            if (const auto& next = waiting_.begin()->second) {
                next();
            }
            waiting_.erase(waiting_.begin());
            ++landed_;
        }
    }

    void fail() {
        const std::scoped_lock lock{failure_mutex_};
        if (!failure_) {
            failure_ = std::current_exception();
        }
        ended_ = true;
    }

    const phase::Pipeline::Source& source_;
    const phase::Pipeline::Work& work_;
    std::mutex source_mutex_, landing_mutex_, failure_mutex_;
    std::atomic<bool> ended_{false};
    std::int64_t taken_ = 0, landed_ = 0;
    std::map<std::int64_t, phase::Pipeline::Landing> waiting_;
    std::exception_ptr failure_;
};

class ThreadPipeline final : public phase::Pipeline {
  public:
    void run(int workers, const Source& source, const Work& work) override {
        ThreadRun{source, work}.run(workers);
    }
};

} // namespace

std::unique_ptr<phase::Pipeline> make_thread_pipeline() {
    return std::make_unique<ThreadPipeline>();
}

} // namespace turntable::run
