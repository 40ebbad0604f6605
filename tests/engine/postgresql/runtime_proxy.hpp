#pragma once
// A TCP proxy in front of a server that loses the answer to a COMMIT: it passes the COMMIT on, waits until
// the server has answered, and hangs up on the client instead of passing the answer back.

#include <atomic>
#include <string>
#include <thread>

namespace turntable::test {

class CommitLosingProxy {
  public:
    CommitLosingProxy(std::string host, int port);
    ~CommitLosingProxy();
    CommitLosingProxy(const CommitLosingProxy&) = delete;
    CommitLosingProxy& operator=(const CommitLosingProxy&) = delete;

    [[nodiscard]] int port() const { return port_; }
    void lose_the_next_commit() { armed_ = true; }

  private:
    void serve();

    std::string host_;
    int server_port_, port_ = 0, listener_ = -1;
    std::atomic<bool> armed_{false};
    std::jthread thread_;
};

} // namespace turntable::test
