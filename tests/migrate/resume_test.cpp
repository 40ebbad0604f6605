// A runner dies, or its server does, in the middle of a shadow copy that `up` began: the next `up` takes the
// same job to its end.

#include <csignal>
#include <filesystem>

#include "lab.hpp"
#include "support/private_postgres.hpp"

namespace turntable::test {
namespace {

class ShadowOfUp {
  public:
    explicit ShadowOfUp(const Server& server) : database_(server), tool_(database_.url()) {
        write("20260101000001_create_users.toml",
              "[[op]]\nkind = \"create_table\"\ntable = \"users\"\ncolumns = [{ name = \"id\", type = "
              "\"int64 not null\" "
              "}, { name = \"amount\", type = \"float64\" }]\nprimary_key = [\"id\"]\n");
        write("20260101000002_rows.sql",
              "-- turntable:up\ninsert into users (id, amount) values (1, 17.08), (2, 1.25);\n");
        write("20260101000003_cents.toml", "[[op]]\nkind = \"change_column\"\ntable = \"users\"\ncolumn = "
                                           "\"amount\"\nconvert = { rule = \"cents\", into "
                                           "= \"cents\", round = \"half_even\", inexact = \"report\" }\n");
        held_ = folder_.file("hold", "");
        EXPECT_EQ(tool_.run(with({"up", "+2"})).exit_code, 0);
        held_up_ = tool_.start(with({"up", "--throttle-file", held_}));
        const auto line = tool_.wait_for_job([](const nlohmann::json& job) {
            return job["reason"].get<std::string>().find("throttle-file") != std::string::npos;
        });
        EXPECT_FALSE(line.is_null()) << tool_.jobs().dump(1) << held_up_->err();
        job_ = line.is_null() ? "" : line.value("job", "");
    }
    [[nodiscard]] Process& runner() { return *held_up_; }

    // Nothing holds the copy back any more.
    void release() const { std::filesystem::remove(held_); }

    // What the next runner makes of it.
    void finish_and_check() {
        release();
        const ToolRun next = tool_.json(with({"up"}));
        ASSERT_EQ(next.exit_code, 0) << next.text();
        ASSERT_EQ(tool_.jobs().size(), 1U) << tool_.jobs().dump(1);
        EXPECT_EQ(tool_.jobs()[0]["job"], job_) << "the same job, not another one";
        database_.reconnect();
        EXPECT_EQ(database_.client().number("select sum(cents) from users"), 1833);
        EXPECT_EQ(tool_.json(with({"status"})).json()["unfinished"], 0);
        EXPECT_EQ(tool_.run(with({"down"})).exit_code, 0);
        EXPECT_EQ(database_.client().number("select count(*) from users where amount = 17.08"), 1);
    }

  private:
    void write(const std::string& name, const std::string& text) {
        static_cast<void>(migrations_.file(name, text));
    }
    [[nodiscard]] std::vector<std::string> with(std::vector<std::string> words) const {
        words.insert(words.end(), {"--dir", migrations_.path().string()});
        return words;
    }

    TestDatabase database_;
    Tool tool_;
    TempDir folder_, migrations_;
    std::string held_, job_;
    std::unique_ptr<Process> held_up_;
};

class MigrateResume : public testing::TestWithParam<Server> {};

TEST_P(MigrateResume, AKilledRunnersJobIsTakenToItsEnd) {
    ShadowOfUp shadow{GetParam()};
    shadow.runner().send(SIGKILL);
    ASSERT_TRUE(shadow.runner().wait_for(std::chrono::seconds{30}));
    shadow.finish_and_check();
}

INSTANTIATE_TEST_SUITE_P(On, MigrateResume, testing::ValuesIn(one_server_of_each()), server_name);

TEST(MigrateServerCrash, ARestartedServersJobIsTakenToItsEnd) {
    if (servers().size() == 1 && servers().front().name == "sqlite") {
        return; // a build or a run for SQLite alone
    }
    PrivatePostgres postgres;
    ShadowOfUp shadow{postgres.server()};
    postgres.crash();
    postgres.start();
    shadow.release();
    const ToolRun end = Tool::finish(shadow.runner()); // it goes on, or stops with a word
    EXPECT_THAT(end.exit_code, testing::AnyOf(0, 6, 8)) << end.text();
    shadow.finish_and_check();
}

} // namespace
} // namespace turntable::test
