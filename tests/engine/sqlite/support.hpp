#pragma once
// A scratch database file, a driver that runs a change phase by phase through the seam, and writers that are
// independent of the code under test (the plain C API, settings as an application leaves them).

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sqlite3.h>

#include "turntable/engine.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {

// The application's side: a connection of its own.
class Application {
  public:
    explicit Application(const std::string& path);
    ~Application() { sqlite3_close_v2(connection_); }
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    // Runs any number of statements; fails the test on an error.
    void run(const std::string& sql);
    // The error message, or "" if it succeeded.
    std::string attempt(const std::string& sql);
    // All cells, columns separated by '|', rows by '\n'; NULL is "NULL".
    std::string query(const std::string& sql);
    [[nodiscard]] sqlite3* handle() { return connection_; }

  private:
    sqlite3* connection_ = nullptr;
};

class ScratchFile {
  public:
    ScratchFile();
    ~ScratchFile();
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string directory_, path_;
};

// Calls `write(n)` with n = 0, 1, … on its own connection until it is stopped or destroyed.
class Writer {
  public:
    using Work = std::function<void(Application&, int)>;
    Writer(std::string path, Work work, std::chrono::microseconds pause = std::chrono::microseconds{500});
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    [[nodiscard]] int count() const { return count_; }
    void wait_for(int more) const;

  private:
    std::atomic<bool> stop_{false};
    std::atomic<int> count_{0};
    std::thread thread_;
};

// One change, driven through the parts as a job drives them.
class Change {
  public:
    Change(const std::string& path, ChangeRequest request, Settings settings = {});
    Change(std::unique_ptr<Engine> engine, ChangeRequest request, Settings settings = {});

    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] const Blueprint& blueprint() const { return blueprint_; }
    [[nodiscard]] Session& session() { return *session_; }
    [[nodiscard]] const std::string& origin() const { return origin_; }
    void set_sessions(SessionSource& sessions);

    void prepare();
    void copy(Rows rows_per_chunk = 500);
    void index();
    // Until the log is empty or `passes` are done; returns what was consumed.
    Replayed replay(Direction direction = Direction::forward, int passes = 50, Rows keys = 2000);
    [[nodiscard]] VerifiedChunk verify(Rows rows_per_chunk = 700);
    [[nodiscard]] SwapOutcome swap(Direction direction = Direction::forward);
    void finalize(Direction swapped = Direction::forward);
    // prepare … swap, verified; fails the test where a phase does not end as it should.
    void run();
    [[nodiscard]] std::vector<std::string> unexpected(Planner::Moment moment);

    LockBudget budget{Millis{2000}, Millis{2000}};
    std::vector<std::string> recheck;
    std::function<void()> between_chunks; // called after every chunk

  private:
    std::unique_ptr<Engine> engine_;
    SessionSource* sessions_;
    std::unique_ptr<Session> session_;
    Blueprint blueprint_;
    std::string origin_;
};

[[nodiscard]] ChangeRequest altering(const std::string& table, std::vector<std::string> clauses);
// amount=cents,into=… as the command line would build it.
[[nodiscard]] ChangeRequest to_cents(const std::string& table, const std::string& column,
                                     const std::string& into);
[[nodiscard]] std::unique_ptr<Engine> engine_of(const std::string& path);

} // namespace turntable::test
