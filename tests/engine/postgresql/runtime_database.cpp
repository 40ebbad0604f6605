#include "runtime_database.hpp"

#include <atomic>
#include <unistd.h>

#include <fmt/core.h>

#include "turntable/engines.hpp"

namespace turntable::test {

std::vector<Server> postgresql_servers() {
    std::vector<Server> found;
    for (const Server& server : servers()) {
        if (server.name.starts_with("pg")) {
            found.push_back(server);
        }
    }
    return found;
}

std::string server_name(const testing::TestParamInfo<Server>& info) {
    return info.param.name;
}

ScratchDatabase::ScratchDatabase(const Server& server) : admin_(Url::parse(server.url)), url_(admin_) {
    static std::atomic<int> count{0};
    url_.database = fmt::format("tt_{}_{}", getpid(), ++count);
    make_engine(admin_)->open(SessionUse::control)->run("CREATE DATABASE " + url_.database);
    engine_ = make_engine(url_);
    engine_->open(SessionUse::control)->run("CREATE SCHEMA turntable");
}

ScratchDatabase::~ScratchDatabase() {
    engine_.reset();
    try {
        const auto admin = make_engine(admin_)->open(SessionUse::control);
        admin->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                   url_.database + "'");
        admin->run("SET lock_timeout = 0");
        admin->run("DROP DATABASE IF EXISTS " + url_.database);
    } catch (const std::exception& error) {
        fmt::print(stderr, "a scratch database is left behind: {}\n", error.what());
    }
}

std::unique_ptr<Session> ScratchDatabase::application(const std::string& user) {
    Url url = url_;
    if (!user.empty()) {
        url.user = user;
    }
    auto session = make_engine(url)->open(SessionUse::control);
    session->run("SET search_path = public; SET application_name = 'application'; SET lock_timeout = 0");
    return session;
}

} // namespace turntable::test
