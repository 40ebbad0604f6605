// A password is never printed, logged, journalled or left in the process's arguments.

#include <fstream>
#include <iterator>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

const std::string secret = "s3cret-Pa55";

class Secrets : public Scenario {
  protected:
    Secrets() { make_payments(50); }

    // The server's URL for a user with a password.
    std::string url_with_password() {
        const std::string user = "tt_" + database_.name().substr(database_.name().size() - 8);
        if (flavor() == Flavor::postgres) {
            database_.exec({"CREATE ROLE " + user + " LOGIN SUPERUSER PASSWORD '" + secret + "'"});
        } else {
            database_.exec({"CREATE USER '" + user + "'@'%' IDENTIFIED BY '" + secret + "'",
                            "GRANT ALL ON *.* TO '" + user + "'@'%' WITH GRANT OPTION"});
        }
        user_ = user;
        std::string url = database_.url();
        const std::size_t from = url.find("://") + 3;
        return url.replace(from, url.find('@') - from, user + ":" + secret);
    }

    ~Secrets() override {
        if (!user_.empty()) {
            sql().query(flavor() == Flavor::postgres ? "DROP OWNED BY " + user_ + " CASCADE"
                                                     : "DROP USER '" + user_ + "'@'%'");
            if (flavor() == Flavor::postgres) {
                sql().query("DROP ROLE " + user_);
            }
        }
    }

    std::string user_;
};

TEST_P(Secrets, AreNowhereInTheOutput) {
    const std::string url = url_with_password();
    const Tool tool{url};
    std::string text;
    for (const ToolRun& run :
         {tool.run({"-v", "plan", "payments", "--convert", "amount=cents,into=amount_cents"}),
          tool.run({"-v", "alter", "payments", "--convert", "amount=cents,into=amount_cents", "--execute",
                    "--yes"}),
          tool.json({"jobs"}), tool.run({"alter", "nothing", "--alter", "DROP COLUMN x"})}) {
        text += run.text();
    }
    EXPECT_THAT(text, testing::Not(testing::HasSubstr(secret)));
    EXPECT_THAT(text, testing::HasSubstr("password")) << "a password in the URL deserves a warning";
}

TEST_P(Secrets, AreNotInTheMessageOfAFailedConnection) {
    const std::string scheme = flavor() == Flavor::postgres ? "postgresql" : to_string(flavor());
    const ToolRun run = Tool{scheme + "://nobody:" + secret + "@127.0.0.1:1/x"}.run({"jobs"});
    EXPECT_EQ(run.exit_code, 8) << run.text();
    EXPECT_THAT(run.text(), testing::Not(testing::HasSubstr(secret)));
}

TEST_P(Secrets, AreOverwrittenInTheArguments) {
    const std::string url = url_with_password();
    const TempDir directory;
    const std::string hold = directory.file("hold", "");
    const auto process = Tool{url}.start(to_cents({"--throttle-file", hold}));
    EXPECT_FALSE(
        tool_.wait_for_job([](const nlohmann::json& line) { return line["state"] == "running"; }).is_null());
    std::ifstream arguments{"/proc/" + std::to_string(process->pid()) + "/cmdline"};
    const std::string text{std::istreambuf_iterator<char>{arguments}, {}};
    EXPECT_THAT(text, testing::HasSubstr("payments"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr(secret)));
    std::filesystem::remove(hold);
    EXPECT_EQ(Tool::finish(*process).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Secrets, testing::ValuesIn(networked_servers()), server_name);

} // namespace
} // namespace turntable::test
