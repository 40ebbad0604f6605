#include "support/private_postgres.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/client.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;

std::string newest_binaries() {
    fs::path newest;
    int version = 0;
    for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql"}) {
        const int number = std::atoi(entry.path().filename().c_str());
        if (number > version && fs::exists(entry.path() / "bin" / "initdb")) {
            version = number;
            newest = entry.path() / "bin";
        }
    }
    if (newest.empty()) {
        throw std::runtime_error("no PostgreSQL server is installed in /usr/lib/postgresql");
    }
    return newest.string();
}

std::string text_of(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

int free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(descriptor, generic, size) != 0 || getsockname(descriptor, generic, &size) != 0) {
        close(descriptor);
        throw std::runtime_error("no free port");
    }
    close(descriptor);
    return ntohs(address.sin_port);
}

PrivatePostgres::PrivatePostgres() : binaries_(newest_binaries()), port_(free_port()) {
    if (geteuid() == 0) { // the server refuses to run as root
        const passwd* const user = getpwnam("postgres");
        if (user == nullptr || chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
            throw std::runtime_error("there is no user postgres to run a private server as");
        }
    }
    run(binaries_ + "/initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync > initdb.log 2>&1");
    // fsync stays off: the test kills processes, not the machine.
    std::ofstream{directory_.path() / "data/postgresql.conf", std::ios::app}
        << "listen_addresses = '127.0.0.1'\nport = " << port_
        << "\nunix_socket_directories = ''\nfsync = off\n"
        << "max_connections = 60\n";
    start();
}

PrivatePostgres::~PrivatePostgres() {
    try {
        crash();
    } catch (const std::exception&) { // nothing better can be done here
    }
}

void PrivatePostgres::run(const std::string& command) const {
    const std::string as = geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
    const std::string line = "cd " + directory_.path().string() + " && " + as + command;
    if (std::system(line.c_str()) != 0) {
        throw std::runtime_error(command + " failed\n" + text_of(directory_.path() / "initdb.log") +
                                 text_of(directory_.path() / "server.log"));
    }
}

Server PrivatePostgres::server() const {
    return {"pg_private", "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres"};
}

void PrivatePostgres::start() {
    run(binaries_ + "/pg_ctl -D data -l server.log -w -t 60 start > /dev/null");
}

void PrivatePostgres::stop() {
    run(binaries_ + "/pg_ctl -D data -m fast -w -t 60 stop > /dev/null");
}

void PrivatePostgres::become_standby() {
    stop();
    (void)directory_.file("data/standby.signal", "");
    start();
}

void PrivatePostgres::become_primary() {
    stop();
    fs::remove(directory_.path() / "data/standby.signal");
    start();
}

void PrivatePostgres::crash() {
    const int postmaster = std::atoi(text_of(directory_.path() / "data/postmaster.pid").c_str());
    if (postmaster <= 1 || kill(postmaster, SIGKILL) != 0) {
        return;
    }
    // Its children notice the death and end; a new server refuses to start before.
    for (int i = 0; i < 500 && kill(-postmaster, 0) == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

} // namespace turntable::test
