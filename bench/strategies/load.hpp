#pragma once
// Writers beside a measurement: open loop, so that a writer that is held up shows its whole queue.

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/demo_effect.hpp"
#include "table.hpp"

namespace turntable::bench {

struct LoadOptions {
    int sessions = 4;
    int per_second = 300; // in all; 50 % update, 25 % insert, 25 % delete
    Rows rows = 0;        // ids up to here exist at the start
};

// Writes from construction to stop().
class Load {
  public:
    Load(Engine& engine, const Table& table, const LoadOptions& options);
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    ~Load() { stop(); }

    void stop();
    [[nodiscard]] std::vector<cli::Sample> samples() const;
    // The first error a writer met, empty if none did.
    [[nodiscard]] std::string first_error() const;

  private:
    void write(int number, std::unique_ptr<Session> session);
    [[nodiscard]] cli::Sample::End transact(Session& session, std::string sql);

    LoadOptions options_;
    mutable std::mutex mutex_; // guards samples_ and first_error_
    std::vector<cli::Sample> samples_;
    std::string first_error_;
    std::atomic<bool> stop_{false};
    std::vector<std::jthread> threads_; // last: they use all of the above
};

} // namespace turntable::bench
