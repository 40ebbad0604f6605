#include "cli/stop_signal.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace turntable::cli {
namespace {

constexpr std::array stopping{SIGINT, SIGTERM, SIGHUP};

std::atomic<bool> raised_flag{false}; // lock-free, so that a handler may set it
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop(int) {
    raised_flag.store(true);
}

void handle(int signal) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) {
        return;
    }
    struct sigaction action {};
    action.sa_handler = &on_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND); // the second one ends the process
    sigaction(signal, &action, nullptr);
}

void restore(int signal) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if (now.sa_handler == &on_stop) {
        std::signal(signal, SIG_DFL);
    }
}

} // namespace

StopSignal::StopSignal() {
    raised_flag.store(false);
    for (const int signal : stopping) {
        handle(signal);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
    for (const int signal : stopping) {
        restore(signal);
    }
    std::signal(SIGPIPE, SIG_DFL);
}

bool StopSignal::raised() noexcept {
    return raised_flag.load();
}

} // namespace turntable::cli
