// [env.NAME]: what an environment forbids stops `up` before anything is touched.

#include "lab.hpp"

namespace turntable::test {
namespace {

class MigrateEnvironment : public MigrateTest {
  protected:
    MigrateEnvironment() : staging_(GetParam()) {
        config_ = config_folder_.file("turntable.toml", "[env.staging]\nurl = \"" + staging_.url() +
                                                            "\"\n"
                                                            "[env.production]\nkind = \"prod\"\n"
                                                            "require_applied_in = \"staging\"\n");
    }
    [[nodiscard]] ToolRun in(const std::string& env, std::vector<std::string> words) const {
        words.insert(words.end(), {"-c", config_, "-e", env});
        return env == "staging" ? Tool{staging_.url()}.json(with_folder(words)) : json(words);
    }
    [[nodiscard]] std::vector<std::string> with_folder(std::vector<std::string> words) const {
        words.insert(words.end(), {"--dir", folder_.path().string()});
        return words;
    }
    void expect_refused(const ToolRun& run, const std::string& code) {
        EXPECT_EQ(run.exit_code, 5) << run.text();
        EXPECT_EQ(run.json()["error"]["code"], code) << run.text();
    }

    TestDatabase staging_;
    TempDir config_folder_;
    std::string config_;
};

TEST_P(MigrateEnvironment, AMigrationGoesThroughItsPredecessorAndIsApproved) {
    migration(
        1, "create_notes.toml",
        "[[op]]\nkind = \"create_table\"\ntable = \"notes\"\ncolumns = [{ name = \"id\", type = \"int64 not "
        "null\" }]\nprimary_key = [\"id\"]\n");
    migration(2, "first_note.toml",
              "[[op]]\nkind = \"upsert_rows\"\ntable = \"notes\"\nkey = [\"id\"]\nrows = [{ id = 1 }]\n");
    expect_refused(in("production", {"up"}), "not_applied_before");
    EXPECT_THROW(static_cast<void>(number("select count(*) from notes")), ClientError);
    EXPECT_EQ(in("staging", {"up", "+1"}).exit_code, 0);
    EXPECT_EQ(in("production", {"up", "+1"}).exit_code, 0);
    expect_refused(in("production", {"up"}), "not_applied_before");
    EXPECT_EQ(in("staging", {"up"}).exit_code, 0);
    expect_refused(in("production", {"up"}), "data_ops_here");
    const ToolRun plan = in("production", {"plan"});
    EXPECT_EQ(plan.exit_code, 0) << plan.text();
    EXPECT_THAT(plan.json()["migrations"][0]["refusal"].get<std::string>(), testing::HasSubstr("approve"));
    const ToolRun approved = in("production", {"up", "--approve", version(2)});
    EXPECT_EQ(approved.exit_code, 0) << approved.text();
    EXPECT_EQ(number("select count(*) from notes"), 1);
    expect_refused(in("production", {"down", "base", "--allow", "base"}), "not_allowed_here");
    EXPECT_EQ(number("select count(*) from notes"), 1);
}

TEST_P(MigrateEnvironment, AnotherTextInThePredecessorIsNotTheSame) {
    migration(1, "note.sql",
              "-- turntable:up\ncreate table notes (id int);\n-- turntable:down\ndrop table notes;\n");
    EXPECT_EQ(in("staging", {"up"}).exit_code, 0);
    migration(1, "note.sql",
              "-- turntable:up\ncreate table notes (id bigint);\n-- turntable:down\ndrop table notes;\n");
    const ToolRun refused = in("production", {"up"});
    expect_refused(refused, "not_applied_before");
    EXPECT_THAT(refused.text(), testing::HasSubstr("another text"));
    EXPECT_EQ(json({"up"}).exit_code, 0) << "without -e nothing is forbidden";
}

INSTANTIATE_TEST_SUITE_P(On, MigrateEnvironment, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
