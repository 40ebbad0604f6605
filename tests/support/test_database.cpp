#include "support/test_database.hpp"

#include <atomic>

#include <unistd.h>

namespace turntable::test {
namespace {

std::string unique_name() {
    static std::atomic<int> next{0};
    return "tt_test_" + std::to_string(getpid()) + "_" + std::to_string(next++);
}

// The server's URL with its path replaced.
std::string with_database(const std::string& url, const std::string& database) {
    const std::size_t authority = url.find("://") + 3;
    const std::size_t query = url.find('?');
    const std::string options = query == std::string::npos ? "" : url.substr(query);
    const std::string base = url.substr(0, query);
    return base.substr(0, base.find('/', authority)) + "/" + database + options;
}

} // namespace

Flavor flavor_of(const Server& server) {
    if (server.name == "sqlite") {
        return Flavor::sqlite;
    }
    if (server.name == "mysql") {
        return Flavor::mysql;
    }
    return server.name == "mariadb" ? Flavor::mariadb : Flavor::postgres;
}

TestDatabase::TestDatabase(const Server& server)
    : server_(server), flavor_(flavor_of(server)), name_(unique_name()) {
    if (flavor_ == Flavor::sqlite) {
        url_ = "sqlite:" + (directory_.path() / "test.db").string();
        client().query("PRAGMA journal_mode = WAL");
        return;
    }
    const auto admin = connect(flavor_, server_.url);
    admin->query("CREATE DATABASE " + name_ + (flavor_ == Flavor::postgres ? "" : " CHARACTER SET utf8mb4"));
    url_ = with_database(server_.url, name_);
}

TestDatabase::~TestDatabase() {
    client_.reset();
    if (flavor_ == Flavor::sqlite) {
        return;
    }
    try {
        const auto admin = connect(flavor_, server_.url);
        admin->query("DROP DATABASE IF EXISTS " + name_ +
                     (flavor_ == Flavor::postgres ? " WITH (FORCE)" : ""));
    } catch (const ClientError& error) {
        std::fprintf(stderr, "database %s was left behind: %s\n", name_.c_str(), error.what());
    }
}

Client& TestDatabase::client() {
    if (!client_) {
        client_ = open();
    }
    return *client_;
}

void TestDatabase::exec(const std::vector<std::string>& statements) {
    for (const std::string& statement : statements) {
        client().query(statement);
    }
}

std::string TestDatabase::quote(const std::string& identifier) const {
    return turntable::test::quote(flavor_, identifier);
}

std::string quote(Flavor flavor, const std::string& identifier) {
    const char mark = is_mysql_like(flavor) ? '`' : '"';
    std::string quoted(1, mark);
    for (const char c : identifier) {
        quoted += c;
        if (c == mark) {
            quoted += c;
        }
    }
    return quoted + mark;
}

} // namespace turntable::test
