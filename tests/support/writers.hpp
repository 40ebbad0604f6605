#pragma once
// Applications that write the table while it is changed: each writer is a thread with its own connection, and
// every transaction applies the same statements to the table and to its twin. No statement may ever fail, and
// each must reach as many rows of the table as of the twin; anything else is a complaint.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/table_model.hpp"
#include "support/test_database.hpp"

namespace turntable::test {

struct WriterOptions {
    int writers = 2;
    std::int64_t rows = 2000;              // that fill() puts into both tables
    std::chrono::microseconds pause{1000}; // between two transactions of one writer
    // True: every transaction looks at the table's columns, under a lock that keeps them, and writes the
    // shape it finds (an application deployed for both). False: the statements suit both shapes and are sent
    // as they are.
    bool looks_at_shape = false;
    std::uint64_t seed = 1;
};

struct WriterCounts {
    std::int64_t committed = 0, rolled_back = 0;
    std::map<std::string, std::int64_t> by_kind;
    std::chrono::microseconds p50{0}, p99{0}, longest{0}; // of whole transactions; reported, never judged
};

class Writers {
  public:
    Writers(const TestDatabase& database, const TableModel& model, WriterOptions options);
    ~Writers();
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    // Fills both tables with options.rows equal rows; before start().
    void fill();
    void start();
    // One transaction of the first writer, by the caller's thread; instead of start().
    void step();
    // Returns when every writer is between two transactions; none writes until proceed().
    void hold();
    void proceed();
    // Ends all threads. Safe to call twice.
    void stop();

    [[nodiscard]] std::int64_t committed() const { return committed_.load(); }
    // Waits until that many more transactions are committed; false if that takes longer than half a minute.
    [[nodiscard]] bool wait_for(std::int64_t more) const;
    // After stop() or hold(): what an application would have called an error of ours.
    [[nodiscard]] std::vector<std::string> complaints() const;
    [[nodiscard]] WriterCounts counts() const;

  private:
    class Writer;
    class Reader;
    friend class Writer;
    friend class Reader;

    // Between two transactions: waits while held; false: end.
    [[nodiscard]] bool next();
    void complain(const std::string& text);
    void record(const std::string& kind, bool committed, std::chrono::microseconds took);

    const TestDatabase& database_;
    const TableModel& model_;
    WriterOptions options_;
    std::vector<std::unique_ptr<Writer>> writers_;
    std::vector<std::thread> threads_;

    std::atomic<std::int64_t> committed_{0};
    mutable std::mutex mutex_; // guards all below
    std::condition_variable changed_;
    bool held_ = false, ending_ = false;
    int waiting_ = 0, alive_ = 0;
    std::vector<std::string> complaints_;
    std::vector<std::chrono::microseconds> latencies_;
    WriterCounts counts_;
};

} // namespace turntable::test
