// A pool of connections between us and the server: in transaction mode it would hand settings, locks and
// snapshots to somebody else.
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>

#include "runtime_database.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

int free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    check(bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0,
          "a free port");
    close(descriptor);
    return ntohs(address.sin_port);
}

// PgBouncer in front of one database.
class Pooler {
  public:
    Pooler(const Url& server, const std::string& settings) : port_(free_port()) {
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
    ~Pooler() {
        process_->send(SIGTERM);
        (void)process_->wait_for(std::chrono::seconds{20});
    }
    Pooler(const Pooler&) = delete;
    Pooler& operator=(const Pooler&) = delete;

    [[nodiscard]] Url url(Url server) {
        server.host = "127.0.0.1";
        server.port = port_;
        return server;
    }
    // What opening a session says: the code of the error, "" if it opens. A pooler that is just starting is
    // waited for.
    [[nodiscard]] std::string opened(const Url& server) {
        for (int tries = 0; tries < 500 && process_->running(); ++tries) {
            try {
                (void)make_engine(url(server))->open(SessionUse::control);
                return "";
            } catch (const Error& error) {
                EXPECT_EQ(error.kind(), ErrorKind::connection);
                return error.code();
            } catch (const DatabaseError&) {
                std::this_thread::sleep_for(Millis{20});
            }
        }
        ADD_FAILURE() << "the pooler does not answer: " << process_->err();
        return "unreachable";
    }

  private:
    TempDir directory_;
    int port_;
    std::optional<Process> process_;
};

class PostgresqlPooler : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
};

TEST_P(PostgresqlPooler, InTransactionModeIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = transaction"};
    EXPECT_EQ(pooler.opened(database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, InStatementModeIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = statement"};
    EXPECT_EQ(pooler.opened(database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, ThatGivesTwoBackendsOutInTurnIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = transaction\nserver_round_robin = 1\ndefault_pool_size = 2"};
    ASSERT_EQ(pooler.opened(database_.url()), "transaction_pooler");
    // Two transactions at once make the pool open its second backend.
    Url plain = pooler.url(database_.url());
    const auto hold = [&] {
        Process client{{"/usr/bin/psql", "-X", "-q", "-h", plain.host, "-p", std::to_string(plain.port), "-U",
                        plain.user, plain.database, "-c", "SELECT pg_sleep(0.5)"}};
        EXPECT_EQ(client.wait_for(std::chrono::seconds{60})->exit_code, 0) << client.err();
    };
    {
        const std::jthread first{hold};
        const std::jthread second{hold};
    }
    EXPECT_EQ(pooler.opened(database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, InSessionModeWorks) {
    Pooler pooler{database_.url(), "pool_mode = session"};
    EXPECT_EQ(pooler.opened(database_.url()), "");
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlPooler, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlPooler);

} // namespace
} // namespace turntable::test
