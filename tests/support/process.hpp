#pragma once
// A child process with its standard input closed and both outputs captured. Killed, if still running, on
// destruction.

#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace turntable::test {

struct ProcessEnd {
    std::optional<int> exit_code; // empty: ended by a signal
    int signal = 0;
};

class Process {
  public:
    // argv[0] is the program's path. environment is added to ours; an empty value removes the variable.
    explicit Process(const std::vector<std::string>& argv,
                     const std::map<std::string, std::string>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void send(int signal) const;
    // nullopt: still running when the time was over.
    [[nodiscard]] std::optional<ProcessEnd> wait_for(std::chrono::milliseconds limit);
    [[nodiscard]] bool running();
    [[nodiscard]] pid_t pid() const { return pid_; }

    // What was written so far; may be called while the process runs. Complete after finish_output().
    // Waits until both pipes are drained; only after the process has ended.
    void finish_output();
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

  private:
    struct Capture;

    pid_t pid_ = -1;
    std::optional<ProcessEnd> end_;
    std::unique_ptr<Capture> out_, err_;
};

} // namespace turntable::test
