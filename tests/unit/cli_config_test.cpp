#include "cli/config.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* file = R"(
url = "sqlite:file.db"
[alter]
workers = 4
chunk-time = "250ms"
keep-old = "none"
[env.production]
url = "postgresql://db/shop"
[env.production.alter]
workers = 8
allow-old-snapshots = true
[env.staging.alter]
verify = "sample"
)";

std::string refusal(const std::string& toml, const std::optional<std::string>& env = std::nullopt) {
    try {
        (void)parse_config(toml, "turntable.toml", env);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "accepted";
}

TEST(Config, GivesDefaultsOfAlter) {
    const Settings settings = choose_settings(parse_config(file, "f", std::nullopt), {});
    EXPECT_EQ(settings.workers, 4);
    EXPECT_EQ(settings.chunk_time, 250ms);
    EXPECT_EQ(settings.keep_old, std::nullopt);
    EXPECT_EQ(settings.verify, VerifyMode::full);
}

TEST(Config, AnEnvironmentGoesBeforeTheFileAndTheCommandLineBeforeBoth) {
    const Config config = parse_config(file, "f", "production");
    EXPECT_EQ(choose_settings(config, {}).workers, 8);
    EXPECT_TRUE(choose_settings(config, {}).allow_old_snapshots);
    EXPECT_EQ(choose_settings(config, {}).chunk_time, 250ms);
    EXPECT_EQ(choose_settings(config, {{"workers", "1"}, {"keep-old", "2h"}}).workers, 1);
    EXPECT_EQ(choose_settings(config, {{"workers", "1"}, {"keep-old", "2h"}}).keep_old, 2h);
}

TEST(Config, RefusesWhatItDoesNotKnowWithItsLine) {
    EXPECT_EQ(refusal("\nurll = 'x'"), "turntable.toml, line 2: unknown key 'urll'");
    EXPECT_THAT(refusal("[alter]\nworker = 3"), HasSubstr("line 2: there is no setting 'worker'"));
    EXPECT_THAT(refusal("[env.a]\nkin = 'x'"), HasSubstr("unknown key 'kin' in [env.a]"));
    EXPECT_THAT(refusal("[alter]\nexecute = true"), HasSubstr("no setting 'execute'"));
    EXPECT_THAT(refusal("url = "), HasSubstr("turntable.toml, line 1"));
}

TEST(Config, RefusesValuesThatCannotBeRead) {
    EXPECT_EQ(refusal("url = 3"), "turntable.toml, line 1: url is not a string");
    EXPECT_THAT(refusal("alter = 3"), HasSubstr("alter is not a table"));
    EXPECT_THAT(refusal("[alter]\nworkers = 0"), HasSubstr("workers '0'"));
    EXPECT_THAT(refusal("[alter]\nworkers = 2.5"), HasSubstr("a whole number"));
    EXPECT_THAT(refusal("[alter]\nverify = 'half'"), HasSubstr("one of full, sample, none is expected"));
    EXPECT_THAT(refusal("[alter]\nkeep-old = '0'"), HasSubstr("keep-old '0'"));
    EXPECT_THAT(refusal("[env.other.alter]\nworkers = 'x'"), HasSubstr("line 2")); // though it is not chosen
}

TEST(Config, RefusesAnEnvironmentThatItDoesNotHave) {
    EXPECT_EQ(refusal(file, "prod"), "turntable.toml has no [env.prod]");
    EXPECT_EQ(refusal("", "prod"), "turntable.toml has no [env.prod]");
}

std::map<std::string, const char*>& variables() {
    static std::map<std::string, const char*> all;
    return all;
}

std::string url(const Globals& globals, const Config& config) {
    return choose_url(globals, config, [](const char* name) -> const char* {
        const auto found = variables().find(name);
        return found == variables().end() ? nullptr : found->second;
    });
}

TEST(Config, TheUrlComesFromTheMostExplicitPlace) {
    variables() = {{"DATABASE_URL", "d"}, {"TURNTABLE_URL", "t"}};
    Globals globals;
    globals.url = "u";
    Config config;
    config.url = "file";
    config.env_url = "env";
    EXPECT_EQ(url(globals, config), "u");
    globals.url.reset();
    EXPECT_EQ(url(globals, config), "env");
    config.env_url.reset();
    EXPECT_EQ(url(globals, config), "t");
    variables() = {{"DATABASE_URL", "d"}, {"TURNTABLE_URL", ""}};
    EXPECT_EQ(url(globals, config), "d");
    variables().clear();
    EXPECT_EQ(url(globals, config), "file");
    config.url.reset();
    EXPECT_THROW((void)url(globals, config), Error);
}

TEST(Config, AFileThatIsNamedMustBeThere) {
    Globals globals;
    globals.config = "/nonexistent/turntable.toml";
    EXPECT_THROW((void)load_config(globals), Error);
}

} // namespace
} // namespace turntable::cli
