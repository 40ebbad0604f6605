// [env.NAME] of turntable.toml: what is allowed there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

EnvPolicy policy_of(const std::string& text, const std::string& env = "production") {
    return parse_config(text, "turntable.toml", env).policy;
}

std::string refusal(const std::string& text) {
    try {
        (void)parse_config(text, "turntable.toml", std::nullopt);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "accepted";
}

TEST(EnvPolicy, AnEnvironmentWithoutWordsAllowsEverything) {
    const EnvPolicy open = policy_of("[env.production]\n");
    EXPECT_EQ(open.policy.env, "production");
    EXPECT_TRUE(open.policy.allows("destructive"));
    EXPECT_EQ(open.policy.data_ops, migrate::DataOps::allow);
    EXPECT_FALSE(open.base_unasked);
}

TEST(EnvPolicy, AKindHasDefaultsAndWordsGoBeforeThem) {
    const EnvPolicy prod = policy_of("[env.production]\nkind = 'prod'\n");
    EXPECT_FALSE(prod.policy.allows("destructive"));
    EXPECT_FALSE(prod.policy.allows("base"));
    EXPECT_TRUE(prod.policy.allows("lossy"));
    EXPECT_EQ(prod.policy.data_ops, migrate::DataOps::approve);
    const EnvPolicy own =
        policy_of("[env.production]\nkind = 'prod'\nallow = ['destructive']\ndata_ops = 'forbid'\n");
    EXPECT_THAT(*own.policy.allow, UnorderedElementsAre("destructive"));
    EXPECT_EQ(own.policy.data_ops, migrate::DataOps::forbid);
    EXPECT_TRUE(policy_of("[env.production]\nkind = 'dev'\n").base_unasked);
    EXPECT_FALSE(policy_of("[env.production]\nkind = 'dev'\nallow = []\n").base_unasked);
}

TEST(EnvPolicy, OnlyTheChosenOneCounts) {
    const std::string text = "[env.production]\nkind = 'prod'\n[env.staging]\n";
    EXPECT_TRUE(policy_of(text, "staging").policy.allows("destructive"));
    EXPECT_EQ(parse_config(text, "f", std::nullopt).policy.policy.env, "");
}

TEST(EnvPolicy, APredecessorIsAnotherEnvironmentWithAUrl) {
    const EnvPolicy found =
        policy_of("[env.production]\nrequire_applied_in = 'staging'\n[env.staging]\nurl = 'sqlite:s.db'\n");
    EXPECT_EQ(found.require_applied_in, "staging");
    EXPECT_EQ(found.predecessor_url, "sqlite:s.db");
    EXPECT_THAT(refusal("[env.a]\nrequire_applied_in = 'b'\n"),
                HasSubstr("line 2: there is no other environment [env.b]"));
    EXPECT_THAT(refusal("[env.a]\nurl = 'sqlite:a'\nrequire_applied_in = 'a'\n"),
                HasSubstr("no other environment"));
    EXPECT_THAT(refusal("[env.a]\nrequire_applied_in = 'b'\n[env.b]\n"), HasSubstr("[env.b] has no url"));
}

TEST(EnvPolicy, WordsThatAreNoneAreRefusedInEveryEnvironment) {
    EXPECT_THAT(refusal("[env.a]\nkind = 'production'\n"), HasSubstr("line 2: 'production' is no kind"));
    EXPECT_THAT(refusal("[env.a]\nallow = ['everything']\n"), HasSubstr("'everything' is no word of allow"));
    EXPECT_THAT(refusal("[env.a]\nallow = 'base'\n"), HasSubstr("allow is a list"));
    EXPECT_THAT(refusal("[env.a]\ndata_ops = 'yes'\n"), HasSubstr("data_ops 'yes'"));
}

TEST(EnvPolicy, AUrlMayNameVariables) {
    const Environment variables = [](const char* name) -> const char* {
        return std::string{name} == "HOST" ? "db.example" : nullptr;
    };
    EXPECT_EQ(expanded("postgresql://${HOST}/shop", variables), "postgresql://db.example/shop");
    EXPECT_EQ(expanded("sqlite:a.db", variables), "sqlite:a.db");
    EXPECT_THROW((void)expanded("postgresql://${USER_OF_IT}@db/shop", variables), Error);
    EXPECT_THROW((void)expanded("postgresql://${HOST", variables), Error);
    Config config;
    config.env_url = "postgresql://${HOST}/shop";
    EXPECT_EQ(choose_url({}, config, variables), "postgresql://db.example/shop");
}

} // namespace
} // namespace turntable::cli
