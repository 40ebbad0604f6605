#include "cli/child_process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

struct Pipe {
    int read_end = -1, write_end = -1;
};

Error system_error(const char* what) {
    return Error{ErrorKind::failed, "system", std::string{what} + ": " + std::strerror(errno)};
}

// Both ends are closed in programs that are started; dup2 opens the wanted one again.
Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw system_error("cannot make a pipe");
    }
    return {ends[0], ends[1]};
}

// Between fork and exec nothing may allocate: all is prepared before.
pid_t start(const std::string& path, const std::vector<std::string>& arguments,
            const std::array<int, 3>& streams) {
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    const pid_t pid = fork();
    if (pid < 0) {
        throw system_error("cannot start a process");
    }
    if (pid == 0) {
        for (int stream = 0; stream < 3; ++stream) {
            const int from = streams[static_cast<std::size_t>(stream)];
            if (from >= 0 && dup2(from, stream) < 0) {
                _exit(127);
            }
        }
        execv(path.c_str(), words.data());
        _exit(127);
    }
    return pid;
}

int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            throw system_error("cannot wait for a process");
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Appends what can be read now; false at the end.
bool read_some(int descriptor, std::string& text) {
    std::array<char, 4096> buffer{};
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return count > 0 || (count < 0 && errno == EINTR);
}

void give_lines(std::string& text, const std::function<void(const std::string&)>& on_line) {
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        on_line(text.substr(0, end));
        text.erase(0, end + 1);
    }
}

void read_both(int output, int errors, std::string& text,
               const std::function<void(const std::string&)>& on_line) {
    std::string lines;
    std::array<pollfd, 2> open{pollfd{output, POLLIN, 0}, pollfd{errors, POLLIN, 0}};
    while (open[0].fd >= 0 || open[1].fd >= 0) {
        if (poll(open.data(), open.size(), -1) < 0 && errno != EINTR) {
            throw system_error("cannot read from a process");
        }
        if (open[0].revents != 0 && !read_some(output, text)) {
            open[0].fd = -1;
        }
        if (open[1].revents != 0 && !read_some(errors, lines)) {
            open[1].fd = -1;
        }
        give_lines(lines, on_line);
    }
}

} // namespace

ChildResult run_program(const std::string& path, const std::vector<std::string>& arguments,
                        const std::function<void(const std::string&)>& on_line) {
    const Pipe output = make_pipe();
    const Pipe errors = make_pipe();
    const pid_t pid = start(path, arguments, {-1, output.write_end, errors.write_end});
    close(output.write_end);
    close(errors.write_end);
    ChildResult result;
    read_both(output.read_end, errors.read_end, result.output, on_line);
    close(output.read_end);
    close(errors.read_end);
    result.exit_code = wait_for(pid);
    return result;
}

BackgroundSelf::BackgroundSelf(const std::vector<std::string>& arguments) {
    const Pipe input = make_pipe();
    pid_ = start(this_program, arguments, {input.read_end, -1, -1});
    close(input.read_end);
    stdin_ = input.write_end;
}

BackgroundSelf::BackgroundSelf(BackgroundSelf&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), stdin_(std::exchange(other.stdin_, -1)) {}

BackgroundSelf::~BackgroundSelf() {
    if (stdin_ >= 0) {
        close(stdin_);
        int status = 0;
        waitpid(pid_, &status, 0);
    }
}

int BackgroundSelf::stop() {
    close(std::exchange(stdin_, -1));
    return wait_for(std::exchange(pid_, -1));
}

} // namespace turntable::cli
