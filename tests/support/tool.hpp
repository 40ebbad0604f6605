#pragma once
// The built program, run as a user runs it.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "support/process.hpp"

namespace turntable::test {

struct ToolRun {
    int exit_code = -1; // 128 + n: ended by signal n
    std::string out, err;

    // The last JSON value on stdout; fails the test and returns null if there is none.
    [[nodiscard]] nlohmann::json json() const;
    // Everything a failed assertion should show.
    [[nodiscard]] std::string text() const;
};

class Tool {
  public:
    explicit Tool(std::string url) : url_(std::move(url)) {}

    // turntable --url URL ARGS… ; waits for its end, at most two minutes (then it is killed and the test
    // fails).
    [[nodiscard]] ToolRun run(const std::vector<std::string>& arguments,
                              const std::map<std::string, std::string>& environment = {}) const;
    // As run, with --format json.
    [[nodiscard]] ToolRun json(std::vector<std::string> arguments) const;
    [[nodiscard]] std::unique_ptr<Process>
    start(const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {}) const;
    // Waits for a process of start().
    [[nodiscard]] static ToolRun finish(Process& process);

    // `jobs --format json`; an empty array if it fails.
    [[nodiscard]] nlohmann::json jobs() const;
    // Polls `jobs` until the newest job's line satisfies the predicate and returns it; null after the limit.
    using JobPredicate = std::function<bool(const nlohmann::json&)>;
    [[nodiscard]] nlohmann::json
    wait_for_job(const JobPredicate& holds, std::chrono::milliseconds limit = std::chrono::seconds{30}) const;

  private:
    std::string url_;
};

} // namespace turntable::test
