// A user who may not change the table, and a server that cannot be written to.

#include "scenarios/scenario.hpp"
#include "support/private_postgres.hpp"

namespace turntable::test {
namespace {

class Rights : public Scenario {
  protected:
    Rights() {
        make_payments(30);
        user_ = "tt_reader_" + database_.name().substr(database_.name().find_last_of('_') + 1);
        if (flavor() == Flavor::postgres) {
            database_.exec({"CREATE ROLE " + user_ + " LOGIN", "GRANT SELECT ON payments TO " + user_});
        } else {
            database_.exec({"CREATE USER '" + user_ + "'@'%' IDENTIFIED BY ''",
                            "GRANT SELECT ON " + database_.name() + ".* TO '" + user_ + "'@'%'"});
        }
    }
    ~Rights() override {
        if (flavor() == Flavor::postgres) {
            database_.exec({"DROP OWNED BY " + user_, "DROP ROLE " + user_});
        } else {
            database_.exec({"DROP USER '" + user_ + "'@'%'"});
        }
    }

    Tool reader() {
        std::string url = database_.url();
        const std::size_t from = url.find("://") + 3;
        return Tool{url.replace(from, url.find('@') - from, user_)};
    }

    std::string user_;
};

TEST_P(Rights, AReaderMayNotChangeTheTable) {
    const auto before = everything();
    const ToolRun run = reader().json(to_cents());
    EXPECT_EQ(run.exit_code, 8) << run.text();
    EXPECT_THAT(run.json().value("/error/message"_json_pointer, ""), testing::Not(testing::IsEmpty()))
        << run.text();
    EXPECT_EQ(everything(), before);
}

TEST_P(Rights, AReaderMayLookAtJobs) {
    EXPECT_EQ(reader().run({"jobs"}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Rights, testing::ValuesIn(networked_servers()), server_name);

TEST(Standby, IsRefused) {
    PrivatePostgres postgres;
    TestDatabase database{postgres.server()};
    database.exec({"CREATE TABLE payments (id integer PRIMARY KEY, amount double precision)", "CHECKPOINT"});
    database.reconnect();
    postgres.become_standby();
    const ToolRun run = Tool{database.url()}.json(
        {"alter", "payments", "--convert", "amount=cents,into=amount_cents", "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 5) << run.text();
    EXPECT_THAT(run.err, testing::AnyOf(testing::HasSubstr("standby"), testing::HasSubstr("read-only")))
        << run.text();
    postgres.become_primary();
}

} // namespace
} // namespace turntable::test
