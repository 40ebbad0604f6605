#include "support/pooler.hpp"

#include <csignal>

#include <pwd.h>
#include <unistd.h>

#include <fmt/core.h>

#include "support/private_postgres.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
Pooler::Pooler(const Url& server, const std::string& settings) : port_(free_port()) {
    (void)directory_.file("users", fmt::format("\"{}\" \"\"\n", server.user));
    (void)directory_.file(
        "pooler.ini",
        fmt::format(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n"
            "unix_socket_dir =\nauth_type = trust\nauth_file = {}\n{}\n",
            server.host, server.port, port_, (directory_.path() / "users").string(), settings));
    std::vector<std::string> argv{"/usr/sbin/pgbouncer", (directory_.path() / "pooler.ini").string()};
    if (geteuid() == 0) { // it refuses to run as root
        const passwd* const user = getpwnam("postgres");
        check(user != nullptr && chown(directory_.path().c_str(), user->pw_uid, user->pw_gid) == 0,
              "a user to run the pooler as");
        argv.insert(argv.begin(),
                    {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"});
    }
    process_.emplace(argv);
}

Pooler::~Pooler() {
    process_->send(SIGTERM);
    (void)process_->wait_for(std::chrono::seconds{20});
}

Url Pooler::url(Url server) const {
    server.host = "127.0.0.1";
    server.port = port_;
    return server;
}

std::string Pooler::text(const std::string& server) const {
    const Url whole = url(Url::parse(server));
    return fmt::format("postgresql://{}@{}:{}/{}", whole.user, whole.host, whole.port, whole.database);
}

} // namespace turntable::test
