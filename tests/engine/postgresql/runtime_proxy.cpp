#include "runtime_proxy.hpp"

#include <array>
#include <stdexcept>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace turntable::test {
namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

bool readable(int descriptor) {
    pollfd one{descriptor, POLLIN, 0};
    return poll(&one, 1, 50) > 0;
}

} // namespace

CommitLosingProxy::CommitLosingProxy(std::string host, int port)
    : host_(std::move(host)), server_port_(port), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in any = loopback(0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (bind(listener_, generic(any), sizeof any) != 0 || listen(listener_, 1) != 0 ||
        getsockname(listener_, static_cast<sockaddr*>(static_cast<void*>(&bound)), &size) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    port_ = ntohs(bound.sin_port);
    thread_ = std::jthread{[this] { serve(); }};
}

CommitLosingProxy::~CommitLosingProxy() {
    shutdown(listener_, SHUT_RDWR);
    close(listener_);
}

// One connection, then the end.
void CommitLosingProxy::serve() {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) {
        return;
    }
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(server_port_);
    bool open = connect(server, generic(address), sizeof address) == 0;
    bool lost = false;
    std::array<char, 65536> buffer{};
    const auto pass = [&](int from, int to) {
        const ssize_t count = read(from, buffer.data(), buffer.size());
        const std::string_view text{buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
        lost = lost || (from == client && armed_ && text.find("COMMIT") != std::string_view::npos);
        const bool answer_of_lost = from == server && lost;
        open = count > 0 && !answer_of_lost &&
               write(to, buffer.data(), static_cast<std::size_t>(count)) == count;
    };
    while (open) {
        if (readable(client)) {
            pass(client, server);
        }
        if (open && readable(server)) {
            pass(server, client);
        }
    }
    close(client);
    close(server);
}

} // namespace turntable::test
