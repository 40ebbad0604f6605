#pragma once
// Child processes of the demo: this same program, started again as a user would or as one of the shop's
// writers.

#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace turntable::cli {

struct ChildResult {
    int exit_code = 0; // 128 + signal if a signal ended it
    std::string output;
};

// Runs the program with these arguments to its end. Every line of its stderr is given to on_line as it
// comes.
[[nodiscard]] ChildResult run_program(const std::string& path, const std::vector<std::string>& arguments,
                                      const std::function<void(const std::string&)>& on_line);
// The program that is running now.
inline constexpr const char* this_program = "/proc/self/exe";

// This program in the background, with a pipe as its stdin: the pipe's end asks it to stop. So it also stops
// when this process dies in any way.
class BackgroundSelf {
  public:
    explicit BackgroundSelf(const std::vector<std::string>& arguments);
    BackgroundSelf(BackgroundSelf&& other) noexcept;
    BackgroundSelf& operator=(BackgroundSelf&&) = delete;
    ~BackgroundSelf();

    // Asks it to stop and waits for it. The exit code, as in ChildResult.
    int stop();

  private:
    pid_t pid_ = -1;
    int stdin_ = -1;
};

} // namespace turntable::cli
