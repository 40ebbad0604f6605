#pragma once
// A private database on one of the two servers, writers that keep a twin of the table, and whole changes
// through the driver. The twin is the oracle: every write goes to the table and to its twin in one
// transaction, in the old shape.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "run/api.hpp"
#include "support/servers.hpp"
#include "turntable/engine.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {

class Lab {
  public:
    explicit Lab(const std::string& server_url);
    ~Lab();
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    [[nodiscard]] std::unique_ptr<Session> open() { return engine_->open(SessionUse::control); }
    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] const std::string& database() const { return database_; }
    // The URL of the private database.
    [[nodiscard]] const Url& url() const { return url_; }
    [[nodiscard]] bool mariadb() const;

    ResultSet sql(const std::string& statement) { return session_->run(statement); }
    [[nodiscard]] std::string text(const std::string& query) {
        return session_->run(query).only().value_or("NULL");
    }
    [[nodiscard]] std::int64_t number(const std::string& query) {
        return session_->run(query).only_integer();
    }
    [[nodiscard]] bool has_table(const std::string& name);
    // Tables, triggers of this database but the journal's, sorted.
    [[nodiscard]] std::string objects();

    [[nodiscard]] Blueprint plan(const ChangeRequest& request, const Settings& settings = {});
    [[nodiscard]] run::Outcome alter(const ChangeRequest& request, const Settings& settings = {});
    [[nodiscard]] run::Outcome execute(Blueprint blueprint, const Settings& settings = {});
    [[nodiscard]] run::Outcome revert(const std::string& job);
    [[nodiscard]] run::Outcome finalize(const std::string& job);
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  private:
    std::string database_;
    Url url_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Session> session_;
    std::vector<std::string> notes_;
};

// Threads that run one step after another, each in a transaction, until stopped. A step that meets a
// deadlock, a lock wait or a cut connection is tried anew; any other error is kept.
class Writers {
  public:
    using Step = std::function<void(Session&, unsigned random)>;
    Writers(Lab& lab, int count, Step step);
    ~Writers();
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;
    void stop();
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    [[nodiscard]] std::string error() const { return error_; }

  private:
    void work(Lab& lab, unsigned seed, const Step& step);

    std::atomic<bool> stopped_{false};
    std::atomic<std::int64_t> steps_{0};
    std::mutex mutex_;
    std::string error_;
    std::vector<std::jthread> threads_;
};

[[nodiscard]] ChangeRequest change(const std::string& table, std::vector<std::string> clauses);
[[nodiscard]] Conversion convert_using(const std::string& column, const std::string& type,
                                       const std::string& expr, const std::string& inverse);

// Runs on both servers: TEST_P(OnBothServers, …) with `Lab lab{GetParam().url}`.
class OnBothServers;

} // namespace turntable::test
