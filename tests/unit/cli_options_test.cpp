#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_table.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string code_of(const std::vector<std::string>& arguments) {
    try {
        (void)parse_command_line(arguments);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.code();
    }
    return "";
}

TEST(CommandLine, ReadsAnAlter) {
    const Invocation invocation = parse_command_line(
        {"alter", "shop.payments", "--alter", "DROP COLUMN note", "--convert", "amount=cents,round=half_even",
         "--alter", "ADD COLUMN x int, ADD COLUMN y int", "--change", "more.toml", "--execute"});
    EXPECT_EQ(invocation.command, Command::alter);
    EXPECT_EQ(invocation.table, "shop.payments");
    EXPECT_THAT(invocation.change.alter_clauses,
                ElementsAre("DROP COLUMN note", "ADD COLUMN x int, ADD COLUMN y int"));
    EXPECT_THAT(invocation.change.conversions, ElementsAre("amount=cents,round=half_even"));
    EXPECT_THAT(invocation.change.files, ElementsAre("more.toml"));
    EXPECT_TRUE(invocation.execute);
    EXPECT_FALSE(invocation.yes);
}

TEST(CommandLine, IsDryByDefault) {
    EXPECT_FALSE(parse_command_line({"alter", "t"}).execute);
}

TEST(CommandLine, OptionsMayStandAnywhere) {
    const std::vector<std::vector<std::string>> lines{
        {"-u", "sqlite:a.db", "--execute", "--workers", "3", "alter", "t"},
        {"alter", "-usqlite:a.db", "t", "--workers=3", "--execute"},
        {"--workers", "3", "alter", "t", "--execute", "--url=sqlite:a.db"},
    };
    for (const auto& line : lines) {
        const Invocation invocation = parse_command_line(line);
        EXPECT_EQ(invocation.globals.url, "sqlite:a.db");
        EXPECT_EQ(invocation.table, "t");
        EXPECT_TRUE(invocation.execute);
        EXPECT_THAT(invocation.settings, ElementsAre(Pair("workers", "3")));
    }
}

TEST(CommandLine, ReadsGlobals) {
    const Globals globals = parse_command_line({"jobs", "-c", "x.toml", "-e", "production", "--format",
                                                "json", "--progress", "plain", "-v"})
                                .globals;
    EXPECT_EQ(globals.config, "x.toml");
    EXPECT_EQ(globals.env, "production");
    EXPECT_EQ(globals.format, OutputFormat::json);
    EXPECT_EQ(globals.progress, ProgressStyle::plain);
    EXPECT_EQ(globals.verbosity, Verbosity::verbose);
}

TEST(CommandLine, ReadsEverySettingAsText) {
    const Invocation invocation =
        parse_command_line({"plan", "t", "--keep-old", "none", "--allow-old-snapshots", "--throttle-query",
                            "select 1", "--lock-timeout", "1s"});
    EXPECT_THAT(invocation.settings, testing::UnorderedElementsAre(
                                         Pair("keep-old", "none"), Pair("allow-old-snapshots", "true"),
                                         Pair("throttle-query", "select 1"), Pair("lock-timeout", "1s")));
}

TEST(CommandLine, ReadsSteering) {
    const Invocation invocation = parse_command_line({"set", "j1", "workers=4", "throttle-query=select a=b"});
    EXPECT_EQ(invocation.job, "j1");
    EXPECT_THAT(invocation.steer, ElementsAre(Pair("workers", "4"), Pair("throttle-query", "select a=b")));
    EXPECT_EQ(code_of({"set", "j1"}), "missing_word");
    EXPECT_EQ(code_of({"set"}), "missing_word");
    EXPECT_EQ(code_of({"set", "j1", "workers"}), "bad_option");
    EXPECT_EQ(code_of({"set", "j1", "=4"}), "bad_option");
}

TEST(CommandLine, FinalizeTakesAJobOrDue) {
    EXPECT_EQ(parse_command_line({"finalize", "j1"}).job, "j1");
    EXPECT_TRUE(parse_command_line({"finalize", "--due"}).due);
    EXPECT_TRUE(parse_command_line({"finalize", "--due", "--dry-run"}).dry_run);
    EXPECT_EQ(code_of({"finalize"}), "missing_word");
    EXPECT_EQ(code_of({"finalize", "--due", "j1"}), "extra_word");
}

TEST(CommandLine, RefusesWhatACommandDoesNotHave) {
    for (const std::vector<std::string>& line :
         std::vector<std::vector<std::string>>{{"plan", "t", "--execute"},
                                               {"jobs", "--workers", "3"},
                                               {"revert", "j", "--due"},
                                               {"alter", "t", "--capture", "sync"},
                                               {"alter", "t", "--window", "22:00-05:00"},
                                               {"alter", "t", "--dry-run"},
                                               {"alter", "t", "--work", "3"}, // no abbreviations
                                               {"alter", "t", "--execute=yes"},
                                               {"alter", "t", "--workers"},
                                               {"alter", "t", "--workers", "2", "--workers", "3"},
                                               {"jobs", "-q", "-v"}}) {
        EXPECT_EQ(code_of(line), "bad_option") << line.back();
    }
}

TEST(CommandLine, RefusesUnknownCommandsAndWords) {
    for (const char* name : {"watch", "doctor", "bench", "report", "audits", "drifts", "Up"}) {
        EXPECT_EQ(code_of({name}), "unknown_command");
    }
    EXPECT_EQ(code_of({}), "no_command");
    EXPECT_EQ(code_of({"-q"}), "no_command");
    EXPECT_EQ(code_of({"alter"}), "missing_word");
    EXPECT_EQ(code_of({"alter", "a", "b"}), "extra_word");
    EXPECT_EQ(code_of({"jobs", "x"}), "extra_word");
}

TEST(CommandLine, RefusesUnknownFormats) {
    EXPECT_EQ(code_of({"jobs", "--format", "xml"}), "bad_value");
    EXPECT_EQ(code_of({"jobs", "--progress", "dots"}), "bad_value");
}

TEST(CommandLine, NothingIsAnOptionAfterTwoDashes) {
    EXPECT_EQ(parse_command_line({"alter", "--", "--odd"}).table, "--odd");
    EXPECT_EQ(parse_command_line({"--", "alter", "--odd"}).table, "--odd");
    EXPECT_EQ(code_of({"--"}), "no_command");
}

TEST(CommandLine, HelpShowsWhatThereIs) {
    const Invocation overview = parse_command_line({"--help"});
    EXPECT_EQ(overview.command, Command::help);
    for (const CommandSpec& spec : command_table()) {
        EXPECT_THAT(overview.text, HasSubstr("\n  " + std::string{spec.name}));
        if (spec.command == Command::demo) {
            continue; // reads its own words
        }
        const Invocation own = parse_command_line({std::string{spec.name}, "--help"});
        EXPECT_EQ(own.command, Command::help);
        EXPECT_THAT(own.text, HasSubstr(std::string{spec.purpose}));
    }
    EXPECT_THAT(parse_command_line({"alter", "-h"}).text, HasSubstr("--keep-old DURATION|none"));
    EXPECT_EQ(parse_command_line({"--version"}).command, Command::version);
    EXPECT_EQ(parse_command_line({"alter", "--version"}).command, Command::version);
}

TEST(CommandLine, TheDemoReadsItsOwnWords) {
    const Invocation invocation = parse_command_line({"-q", "demo", "--rows", "1000", "--help"});
    EXPECT_EQ(invocation.command, Command::demo);
    EXPECT_EQ(invocation.globals.verbosity, Verbosity::quiet);
    EXPECT_THAT(invocation.passed, ElementsAre("--rows", "1000", "--help"));
}

TEST(CommandLine, TheFormatIsKnownEvenWhereTheRestIsWrong) {
    EXPECT_EQ(format_of({"nonsense", "--format=json"}), OutputFormat::json);
    EXPECT_EQ(format_of({"--format", "json", "--x"}), OutputFormat::json);
    EXPECT_EQ(format_of({"jobs", "--format"}), OutputFormat::text);
}

} // namespace
} // namespace turntable::cli
