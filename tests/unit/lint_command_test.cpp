// `turntable lint` as it is called: whole folders with the findings that they must have, git, exit codes.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Run {
    int exit_code = -1;
    std::string out, err;
};

// In this folder, with no database named anywhere.
Run run_in(const fs::path& folder, const std::string& words) {
    Process process{
        {"/bin/sh", "-c", "cd '" + folder.string() + "' && exec " TURNTABLE_BINARY " lint " + words},
        {{"TURNTABLE_URL", ""}, {"DATABASE_URL", ""}}};
    const auto end = process.wait_for(std::chrono::minutes{1});
    process.finish_output();
    return {end ? end->exit_code.value_or(-1) : -1, process.out(), process.err()};
}

// "file:line: severity: rule" of each finding.
std::vector<std::string> findings(const std::string& text) {
    const std::regex line{R"((^|\n)(\S+:\d+: \w+: [a-z0-9-]+): )"};
    std::vector<std::string> found;
    for (std::sregex_iterator at{text.begin(), text.end(), line}, end; at != end; ++at) {
        found.push_back((*at)[2]);
    }
    return found;
}

std::vector<std::string> lines_of(const fs::path& path) {
    std::ifstream in{path};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

const fs::path scenarios{TURNTABLE_TEST_DATA "/lint/scenarios"};

TEST(LintCommand, FindsInEveryScenarioWhatItMust) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator{scenarios}) {
        SCOPED_TRACE(entry.path().filename().string());
        const Run run = run_in(entry.path(), "");
        EXPECT_EQ(findings(run.out), lines_of(entry.path() / "expected.txt")) << run.out << run.err;
        EXPECT_EQ(run.exit_code, 3);
        ++count;
    }
    EXPECT_GE(count, 3);
}

TEST(LintCommand, ExitsWithThreeFromTheSeverityThatIsAskedFor) {
    const TempDir folder;
    fs::create_directory(folder.path() / "migrations");
    (void)folder.file("migrations/20260101000000_close_orders.sql",
                      "-- turntable:description x\n-- turntable:up\nUPDATE orders SET a = 1 WHERE b = 2;\n"
                      "-- turntable:down\nSELECT 1;\n");
    EXPECT_EQ(run_in(folder.path(), "--engine sqlite").exit_code, 0); // a warning
    EXPECT_EQ(run_in(folder.path(), "--engine sqlite --fail-on warning").exit_code, 3);
    EXPECT_EQ(run_in(folder.path(), "-u sqlite:x.db --fail-on warning").exit_code, 3);
    EXPECT_FALSE(fs::exists(folder.path() / "x.db")) << "it connected";
    EXPECT_EQ(run_in(folder.path(), "").exit_code, 2); // whose SQL?
    EXPECT_EQ(run_in(folder.path(), "--engine oracle").exit_code, 2);
    EXPECT_EQ(run_in(folder.path(), "--engine sqlite --fail-on loud").exit_code, 2);
    EXPECT_EQ(run_in(folder.path(), "--engine sqlite --dir nowhere").exit_code, 2);
    EXPECT_EQ(run_in(folder.path(), "--engine sqlite no_such_file.sql").exit_code, 2);
}

TEST(LintCommand, LooksAtTheNamedFilesAlone) {
    const Run run =
        run_in(scenarios / "shop_on_postgresql", "migrations/20260104090000_close_old_orders.sql");
    EXPECT_THAT(findings(run.out),
                ElementsAre("migrations/20260104090000_close_old_orders.sql:3: warning: unbatched-dml"));
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run_in(scenarios / "shop_on_postgresql", "-e production 20260104090000_close_old_orders.sql")
                  .exit_code,
              3);
}

TEST(LintCommand, AFileThatDoesNotParseIsNamedWithItsLine) {
    const TempDir folder;
    (void)folder.file("20260101000000_close_orders.sql", "-- turntable:up\nSELECT 1;\nSELECT 'x;\n");
    const Run run = run_in(folder.path(), "--engine sqlite --dir . --format json");
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr("20260101000000_close_orders.sql, line 3: "));
    EXPECT_EQ(nlohmann::json::parse(run.out).at("error").at("code"), "bad_sql");
}

TEST(LintCommand, FormatsOfOtherProgramsAreForLintAlone) {
    const Run sarif = run_in(scenarios / "typed_on_all", "--format sarif");
    EXPECT_EQ(nlohmann::json::parse(sarif.out).at("runs").at(0).at("results").size(), 2U);
    EXPECT_THAT(run_in(scenarios / "typed_on_all", "--format github").out,
                testing::StartsWith("::error file="));
    Process process{{TURNTABLE_BINARY, "jobs", "--format", "sarif"}};
    EXPECT_EQ(process.wait_for(std::chrono::minutes{1})->exit_code, 2);
}

class LintGit : public testing::Test {
  protected:
    LintGit() {
        fs::create_directories(folder_.path() / "db/migrations");
        git("init -q -b main .");
        write("20260101000000_drop_old_things.sql", "DROP TABLE things;");
        commit();
        git("checkout -q -b work");
    }

    void git(const std::string& words) const {
        const std::string command =
            "cd '" + folder_.path().string() +
            "' && GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -c user.name=t -c "
            "user.email=t@example.org " +
            words;
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
    }
    void commit() const {
        git("add .");
        git("commit -q -m x");
    }
    void write(const std::string& name, const std::string& up) const {
        (void)folder_.file("db/migrations/" + name, "-- turntable:description x\n-- turntable:up\n" + up +
                                                        "\n-- turntable:down\nSELECT 1;\n");
    }
    [[nodiscard]] std::vector<std::string> lint() const {
        const Run run = run_in(folder_.path(), "--engine sqlite --dir db/migrations --git-base main");
        EXPECT_THAT(run.exit_code, testing::AnyOf(0, 3)) << run.err;
        return findings(run.out);
    }

    TempDir folder_;
};

TEST_F(LintGit, OnlyNewFilesAreReportedCommittedOrNot) {
    EXPECT_THAT(lint(), IsEmpty());
    write("20260102000000_drop_more_things.sql", "DROP TABLE more;");
    const auto one = ElementsAre("db/migrations/20260102000000_drop_more_things.sql:3: error: drop-table");
    EXPECT_THAT(lint(), one);
    commit();
    EXPECT_THAT(lint(), one);
}

TEST_F(LintGit, AnEditAndARemovalAreFindings) {
    write("20260101000000_drop_old_things.sql", "DROP TABLE other;");
    EXPECT_THAT(lint(),
                ElementsAre("db/migrations/20260101000000_drop_old_things.sql:1: error: edited-migration",
                            "db/migrations/20260101000000_drop_old_things.sql:3: error: drop-table"));
    fs::remove(folder_.path() / "db/migrations/20260101000000_drop_old_things.sql");
    EXPECT_THAT(lint(), ElementsAre("20260101000000_drop_old_things.sql:1: error: removed-migration"));
}

TEST_F(LintGit, WhatTheBaseHasGainedIsNoRemovalAndComesBeforeWhatIsNew) {
    write("20260102000000_select_a.sql", "SELECT 1;");
    commit();
    git("checkout -q main");
    write("20260103000000_select_b.sql", "SELECT 1;");
    commit();
    git("checkout -q work");
    EXPECT_THAT(lint(), ElementsAre("db/migrations/20260102000000_select_a.sql:1: error: out-of-order"));
}

TEST_F(LintGit, ARevisionThatIsNoneIsRefused) {
    const Run run = run_in(folder_.path(), "--engine sqlite --dir db/migrations --git-base=--output=x");
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_FALSE(fs::exists(folder_.path() / "db/migrations/x"));
    EXPECT_EQ(run_in(scenarios / "typed_on_all", "--git-base no/such/revision").exit_code, 2);
}

} // namespace
} // namespace turntable::test
