#include "cli/terminal.hpp"

#include <cstdio>
#include <iostream>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

constexpr int columns_default = 80;

int descriptor(Stream stream) {
    switch (stream) {
    case Stream::input:
        return STDIN_FILENO;
    case Stream::output:
        return STDOUT_FILENO;
    case Stream::errors:
        return STDERR_FILENO;
    }
    check(false, "unknown Stream");
    return -1;
}

// Echo is off while this lives.
class Unechoed {
  public:
    Unechoed() {
        is_set_ = tcgetattr(STDIN_FILENO, &before_) == 0;
        if (is_set_) {
            termios silent = before_;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        }
    }
    ~Unechoed() {
        if (is_set_) {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        }
    }
    Unechoed(const Unechoed&) = delete;
    Unechoed& operator=(const Unechoed&) = delete;

  private:
    termios before_{};
    bool is_set_ = false;
};

void write_error(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace

bool is_terminal(Stream stream) {
    return isatty(descriptor(stream)) == 1;
}

bool can_ask() {
    return is_terminal(Stream::input) && is_terminal(Stream::errors);
}

int terminal_columns() {
    winsize size{};
    const bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return told ? size.ws_col : columns_default;
}

Answer ask(const std::string& question) {
    write_error(question);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes" ? Answer::yes : Answer::no;
}

std::optional<std::string> ask_password(const std::string& prompt) {
    write_error(prompt);
    std::string password;
    const Unechoed unechoed;
    const bool read = static_cast<bool>(std::getline(std::cin, password));
    write_error("\n");
    return read ? std::optional{password} : std::nullopt;
}

} // namespace turntable::cli
