#include "support/process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace turntable::test {
namespace {

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error(std::string{"pipe: "} + std::strerror(errno));
    }
    return ends;
}

[[noreturn]] void run_child(const std::vector<char*>& argv,
                            const std::map<std::string, std::string>& environment, int out, int err) {
    // A test that dies must not leave its tool running against the next test's database.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    for (const auto& [name, value] : environment) {
        if (value.empty()) {
            unsetenv(name.c_str());
        } else {
            setenv(name.c_str(), value.c_str(), 1);
        }
    }
    execv(argv.front(), argv.data());
    _exit(127);
}

} // namespace

// One pipe drained by one thread into a string.
struct Process::Capture {
    explicit Capture(int descriptor) : fd(descriptor), reader([this] { drain(); }) {}
    ~Capture() {
        finish();
        close(fd);
    }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    void finish() {
        if (reader.joinable()) {
            reader.join();
        }
    }

    void drain() {
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t got = read(fd, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                return;
            }
            const std::lock_guard lock{mutex};
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }

    int fd;
    mutable std::mutex mutex;
    std::string text;
    std::thread reader; // last: it uses the members above
};

Process::Process(const std::vector<std::string>& argv,
                 const std::map<std::string, std::string>& environment) {
    std::vector<std::string> words{argv};
    std::vector<char*> pointers;
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    const auto out = make_pipe();
    const auto err = make_pipe();
    pid_ = fork();
    if (pid_ == 0) {
        run_child(pointers, environment, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    if (pid_ < 0) {
        close(out[0]);
        close(err[0]);
        throw std::runtime_error(std::string{"fork: "} + std::strerror(errno));
    }
    out_ = std::make_unique<Capture>(out[0]);
    err_ = std::make_unique<Capture>(err[0]);
}

Process::~Process() {
    if (running()) {
        send(SIGKILL);
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

void Process::send(int signal) const {
    kill(pid_, signal);
}

std::optional<ProcessEnd> Process::wait_for(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (running()) {
        if (std::chrono::steady_clock::now() >= until) {
            return std::nullopt;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return end_;
}

bool Process::running() {
    if (end_) {
        return false;
    }
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) {
        return true;
    }
    ProcessEnd end;
    if (WIFEXITED(status)) {
        end.exit_code = WEXITSTATUS(status);
    } else {
        end.signal = WTERMSIG(status);
    }
    end_ = end;
    return false;
}

void Process::finish_output() {
    out_->finish();
    err_->finish();
}

std::string Process::out() const {
    const std::lock_guard lock{out_->mutex};
    return out_->text;
}

std::string Process::err() const {
    const std::lock_guard lock{err_->mutex};
    return err_->text;
}

} // namespace turntable::test
