// A pool of connections between us and the server: in transaction mode it would hand settings, locks and
// snapshots to somebody else.
#include <thread>

#include <fmt/core.h>

#include "pooled_session.hpp"
#include "runtime_database.hpp"
#include "support/pooler.hpp"
#include "support/process.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

// What opening a session says: the code of the error, "" if it opens. A pooler that is just starting is
// waited for.
std::string opened(Pooler& pooler, const Url& server) {
    for (int tries = 0; tries < 500 && pooler.running(); ++tries) {
        try {
            (void)make_engine(pooler.url(server))->open(SessionUse::control);
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::connection);
            return error.code();
        } catch (const DatabaseError&) {
            std::this_thread::sleep_for(Millis{20});
        }
    }
    ADD_FAILURE() << "the pooler does not answer: " << pooler.err();
    return "unreachable";
}

class PostgresqlPooler : public testing::TestWithParam<Server> {
  protected:
    ScratchDatabase database_{GetParam()};
};

TEST_P(PostgresqlPooler, InTransactionModeIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = transaction"};
    EXPECT_EQ(opened(pooler, database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, InStatementModeIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = statement"};
    EXPECT_EQ(opened(pooler, database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, ThatGivesTwoBackendsOutInTurnIsRefused) {
    Pooler pooler{database_.url(), "pool_mode = transaction\nserver_round_robin = 1\ndefault_pool_size = 2"};
    ASSERT_EQ(opened(pooler, database_.url()), "transaction_pooler");
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
    EXPECT_EQ(opened(pooler, database_.url()), "transaction_pooler");
}

TEST_P(PostgresqlPooler, InSessionModeWorks) {
    Pooler pooler{database_.url(), "pool_mode = session"};
    EXPECT_EQ(opened(pooler, database_.url()), "");
}

// What a plain session is set to is seen by nobody else who gets the same backend, and each of its
// transactions sees it.
TEST_P(PostgresqlPooler, APlainSessionLeavesNothingBehind) {
    Pooler pooler{database_.url(), "pool_mode = transaction\ndefault_pool_size = 1"};
    ASSERT_EQ(opened(pooler, database_.url()), "transaction_pooler");
    const auto engine = make_engine(pooler.url(database_.url()));
    const auto ours = engine->open(SessionUse::plain);
    const auto other = engine->open(SessionUse::plain);
    ASSERT_TRUE(ours->pooled());
    ours->run("SET statement_timeout = '12345ms'");
    ours->run("RESET search_path");
    EXPECT_EQ(ours->run("SHOW statement_timeout").only(), "12345ms");
    EXPECT_EQ(ours->run("SHOW search_path").only(), "\"$user\", public");
    EXPECT_EQ(other->run("SHOW statement_timeout").only(), "0");
    Process bare{{"/usr/bin/psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p",
                  std::to_string(pooler.url(database_.url()).port), "-U", database_.url().user,
                  database_.url().database, "-c", "SHOW search_path; SHOW TimeZone; SHOW lock_timeout"}};
    EXPECT_EQ(bare.wait_for(std::chrono::seconds{60})->exit_code, 0) << bare.err();
    bare.finish_output();
    EXPECT_EQ(bare.out().find("pg_catalog"), std::string::npos) << bare.out();
    EXPECT_EQ(bare.out().find("10s"), std::string::npos) << bare.out();
    for (const char* const sql :
         {"SET work_mem = '1MB'", "PREPARE p AS SELECT 1", "LISTEN x",
          "-- a comment\n create temporary table t (a int)", "SELECT pg_advisory_lock(1)"}) {
        Transaction transaction{*ours, TxMode::write};
        EXPECT_THROW(ours->run(sql), Error) << sql;
    }
    EXPECT_EQ(postgresql::session_state_of("set local work_mem = '1MB'"), "");
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresqlPooler, testing::ValuesIn(postgresql_servers()), server_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresqlPooler);

} // namespace
} // namespace turntable::test
