// Suppressions, severities, engines, the base revision, and the forms of the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/config.hpp"
#include "cli/render_lint.hpp"
#include "migrate/lint/lint.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate::lint {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

LintFile sql(const std::string& up, const std::string& head = "") {
    return {"20260101000000_drop_old_users.sql", "migrations/20260101000000_drop_old_users.sql",
            "-- turntable:description a test\n" + head + "-- turntable:up\n" + up +
                "-- turntable:down\nselect 1;\n"};
}

LintConfig on(SqlFlavor flavor) {
    LintConfig config;
    config.engines = {flavor};
    return config;
}

// "rule@line" of each finding.
std::vector<std::string> found(const LintReport& report) {
    std::vector<std::string> texts;
    for (const Finding& finding : report.findings) {
        texts.push_back(std::string{finding.rule->id} + "@" + std::to_string(finding.line));
    }
    return texts;
}

std::vector<std::string> lint_of(const LintFile& file, const LintConfig& config = on(SqlFlavor::postgresql)) {
    return found(lint({file}, std::nullopt, config));
}

template <typename Call>
std::string error_code(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.code();
    }
    return "";
}

TEST(Lint, LinesAreThoseOfTheFile) {
    EXPECT_THAT(lint_of(sql("select 1;\n\ndrop view a\n cascade;\n")), ElementsAre("drop-cascade@5"));
}

TEST(Lint, ASuppressionWithAReasonSilencesTheStatementBelow) {
    const auto file =
        sql("-- turntable:lint-ignore drop-cascade: nothing hangs on it\n-- more\n\ndrop view a cascade;\n"
            "drop view a cascade;\n");
    EXPECT_THAT(lint_of(file), ElementsAre("drop-cascade@7"));
    EXPECT_EQ(lint({file}, std::nullopt, on(SqlFlavor::postgresql)).suppressed, 1U);
}

TEST(Lint, ASuppressionWithoutAReasonSilencesNothing) {
    EXPECT_THAT(lint_of(sql("-- turntable:lint-ignore drop-cascade:\ndrop view a cascade;\n")),
                ElementsAre("suppression-without-reason@3", "drop-cascade@4"));
}

TEST(Lint, ASuppressionOfTheWholeFile) {
    EXPECT_THAT(
        lint_of(sql("drop view a cascade;\ndrop view a cascade;\n",
                    "-- turntable:lint-ignore-file drop-cascade: views are made anew by the next one\n")),
        IsEmpty());
}

TEST(Lint, ASuppressionThatSilencesNothingIsAFinding) {
    EXPECT_THAT(lint_of(sql("-- turntable:lint-ignore drop-cascade: none left\ndrop view a;\n")),
                ElementsAre("unused-suppression@3"));
    EXPECT_THAT(lint_of(sql("-- turntable:lint-ignore drop-cascde: a slip\ndrop view a;\n")),
                ElementsAre("unused-suppression@3"));
}

TEST(Lint, ASuppressionInTomlIsAComment) {
    const LintFile file{
        "20260101000000_drop_nick_of_users.toml", "20260101000000_drop_nick_of_users.toml",
        "description = \"a test\"\n# turntable:lint-ignore drop-column: no code reads it\n[[op]]\n"
        "kind = \"drop_column\"\ntable = \"users\"\ncolumn = \"nick\"\n"};
    EXPECT_THAT(lint_of(file), IsEmpty());
    LintFile inside = file;
    inside.text = "description = \"a test\"\n[[op]]\nkind = \"drop_column\"\n# turntable:lint-ignore "
                  "drop-column: no code\n"
                  "table = \"users\"\ncolumn = \"nick\"\n";
    EXPECT_THAT(lint_of(inside), IsEmpty());
}

TEST(Lint, SeveritiesComeFromTheConfiguration) {
    LintConfig config = on(SqlFlavor::postgresql);
    config.severities["drop-cascade"] = Severity::info;
    const LintReport report = lint({sql("drop view a cascade;\n")}, std::nullopt, config);
    EXPECT_EQ(worst(report), Severity::info);
    config.severities["drop-cascade"] = Severity::off;
    EXPECT_THAT(lint_of(sql("drop view a cascade;\n"), config), IsEmpty());
    config.severities["no-such-rule"] = Severity::info;
    EXPECT_EQ(error_code([&] { (void)lint_of(sql("select 1;\n"), config); }), "unknown_rule");
}

TEST(Lint, OldFilesAreQuietButKnown) {
    LintFile old =
        sql("create table users (id bigint primary key, name varchar(10));\ndrop view a cascade;\n");
    LintFile fresh{"20270101000000_widen_name_of_users.sql", "20270101000000_widen_name_of_users.sql",
                   "-- turntable:description x\n-- turntable:up\nset lock_timeout = '1s';\n"
                   "alter table users alter name type text;\n-- turntable:down\nselect 1;\n"};
    LintConfig config = on(SqlFlavor::postgresql);
    config.ignore_before = "20270101000000";
    config.severities["typed-operation-available"] = Severity::off;
    EXPECT_THAT(found(lint({old, fresh}, std::nullopt, config)),
                IsEmpty()); // the old type is known: no rewrite
    EXPECT_EQ(lint({old, fresh}, std::nullopt, config).files, 1U);
}

TEST(Lint, WithoutAnEngineRawSqlIsRefusedAndTypedOperationsAreNot) {
    EXPECT_EQ(error_code([] { (void)lint_of(sql("select 1;\n"), {}); }), "no_engine");
    const LintFile toml{
        "20260101000000_add_note_to_users.toml", "x.toml",
        "description = \"x\"\n[[op]]\nkind = \"add_column\"\ntable = \"users\"\ncolumn = \"order\"\n"
        "type = \"text\"\n"};
    const LintReport report = lint({toml}, std::nullopt, {});
    ASSERT_EQ(report.findings.size(), 4U); // one for each engine: the message names it
    EXPECT_EQ(report.findings.front().rule->id, "reserved-word");
}

TEST(Lint, FindingsOfSeveralEnginesAreOne) {
    LintConfig config = on(SqlFlavor::mysql);
    config.engines.push_back(SqlFlavor::mariadb);
    const LintReport report = lint({sql("truncate table users;\n")}, std::nullopt, config);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_THAT(report.findings.front().flavors, ElementsAre(SqlFlavor::mysql, SqlFlavor::mariadb));
}

TEST(Lint, TextThatDoesNotParseIsAnErrorWithItsFile) {
    EXPECT_EQ(error_code([] { (void)lint_of(sql("select 'x;\n")); }), "bad_sql");
    LintFile toml{"20260101000000_add_note.toml", "m/20260101000000_add_note.toml", "[[op]\n"};
    EXPECT_EQ(error_code([&] { (void)lint_of(toml); }), "bad_change_file");
    try {
        (void)lint_of(sql("select 1;\nselect 'x;\n"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("migrations/20260101000000_drop_old_users.sql, line 4: "));
    }
}

TEST(Lint, WithABaseOnlyWhatChangedIsReported) {
    const LintFile file = sql("drop view a cascade;\n");
    LintBase base{"main", {{file.name, file.text}}, {}, {}};
    EXPECT_THAT(found(lint({file}, base, on(SqlFlavor::postgresql))), IsEmpty());
    base.files[file.name] += "-- more\n";
    EXPECT_THAT(found(lint({file}, base, on(SqlFlavor::postgresql))),
                ElementsAre("edited-migration@1", "drop-cascade@3"));
    base.files.clear();
    base.tip = {"20260101000000_add_things.sql"}; // claimed on main meanwhile
    EXPECT_THAT(found(lint({file}, base, on(SqlFlavor::postgresql))), Contains("duplicate-version@1"));
    base.tip = {"20260201000000_add_things.sql"};
    EXPECT_THAT(found(lint({file}, base, on(SqlFlavor::postgresql))), Contains("out-of-order@1"));
}

TEST(Lint, ALineEndOfAnotherSystemIsNoEdit) {
    const LintFile file = sql("select 1;\n");
    LintFile windows = file;
    windows.text = "\xEF\xBB\xBF";
    for (const char c : file.text) {
        windows.text += c == '\n' ? "\r\n" : std::string(1, c);
    }
    EXPECT_THAT(
        found(lint({windows}, LintBase{"main", {{file.name, file.text}}, {}, {}}, on(SqlFlavor::postgresql))),
        IsEmpty());
}

LintReport one_of_each() {
    return lint({sql("drop view a cascade;\n-- turntable:lint-ignore drop-cascade: empty\nselect 1;\n")},
                std::nullopt, on(SqlFlavor::postgresql));
}

TEST(LintReport, AsText) {
    const std::string text = cli::lint_text(one_of_each());
    EXPECT_THAT(text,
                HasSubstr("migrations/20260101000000_drop_old_users.sql:3: error: drop-cascade: CASCADE"));
    EXPECT_THAT(text, HasSubstr(" [postgresql]\n    why:  "));
    EXPECT_EQ(cli::lint_summary(one_of_each()), "1 migration: 1 error, 1 warning, 0 for information\n");
}

TEST(LintReport, AsJson) {
    const json report = json::parse(cli::lint_json(one_of_each()));
    ASSERT_EQ(report.at("findings").size(), 2U);
    const json& first = report.at("findings").at(0);
    EXPECT_EQ(first.at("rule"), "drop-cascade");
    EXPECT_EQ(first.at("severity"), "error");
    EXPECT_EQ(first.at("line"), 3);
    EXPECT_EQ(first.at("engines"), json({"postgresql"}));
    EXPECT_EQ(first.at("docs"), "docs/lint.md#drop-cascade");
}

TEST(LintReport, AsCommandsOfGithubActionsWithNothingThatEndsThem) {
    LintReport report = one_of_each();
    report.findings.front().file = "a,b:c.sql";
    report.findings.front().message = "50%\n::error::x";
    const std::string text = cli::lint_github(report);
    EXPECT_THAT(text, HasSubstr("::error file=a%2Cb%3Ac.sql,line=3,title=drop-cascade::50%25%0A::error::x"));
    EXPECT_THAT(text, HasSubstr("\n::warning file="));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST(LintReport, AsSarif) {
    LintReport report = one_of_each();
    report.findings.front().file = "my migrations/a.sql";
    const json sarif = json::parse(cli::lint_sarif(report));
    EXPECT_EQ(sarif.at("version"), "2.1.0");
    const json& run = sarif.at("runs").at(0);
    const json& driver = run.at("tool").at("driver");
    EXPECT_EQ(driver.at("rules").size(), rules().size());
    const json& result = run.at("results").at(0);
    EXPECT_EQ(result.at("level"), "error");
    EXPECT_EQ(driver.at("rules").at(result.at("ruleIndex").get<std::size_t>()).at("id"), result.at("ruleId"));
    const json& place = result.at("locations").at(0).at("physicalLocation");
    EXPECT_EQ(place.at("artifactLocation").at("uri"), "my%20migrations/a.sql");
    EXPECT_EQ(place.at("region").at("startLine"), 3);
}

TEST(LintConfig, OfAnEnvironmentGoesBeforeThatOfTheFile) {
    constexpr auto text =
        "[lint]\nengines = [\"sqlite\"]\nignore_before = \"20260101000000\"\nfail_on = \"warning\"\n"
        "[lint.rules]\ndrop-column = \"warning\"\ntruncate = \"off\"\n[env.prod.lint]\n"
        "drop-column = \"error\"\n";
    const cli::Config plain = cli::parse_config(text, "t.toml", std::nullopt);
    EXPECT_EQ(plain.lint.severities.at("drop-column"), Severity::warning);
    EXPECT_EQ(plain.lint_fail_on, Severity::warning);
    EXPECT_THAT(plain.lint.engines, ElementsAre(SqlFlavor::sqlite));
    const cli::Config prod = cli::parse_config(text, "t.toml", "prod");
    EXPECT_EQ(prod.lint.severities.at("drop-column"), Severity::error);
    EXPECT_EQ(prod.lint.severities.at("truncate"), Severity::off);
}

TEST(LintConfig, WhatIsNotKnownIsRefused) {
    for (const char* const text :
         {"[lint]\nx = 1\n", "[lint.rules]\nno-such = \"error\"\n", "[lint.rules]\ntruncate = \"loud\"\n",
          "[lint]\nengines = [\"oracle\"]\n", "[lint]\nignore_before = \"2026\"\n",
          "[lint]\nfail_on = \"off\"\n", "[env.x.lint]\nno-such = \"error\"\n"}) {
        EXPECT_EQ(error_code([&] { (void)cli::parse_config(text, "t.toml", std::nullopt); }), "bad_config")
            << text;
    }
}

} // namespace
} // namespace turntable::migrate::lint
