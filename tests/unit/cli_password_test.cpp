#include "cli/password.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace turntable::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Password, IsFoundWhereverAUrlMayHoldOne) {
    EXPECT_THAT(passwords_in("postgresql://u:secret@h:5432/d"), ElementsAre("secret"));
    EXPECT_THAT(passwords_in("--url=mysql://u:p%40ss:w@h/d"), ElementsAre("p%40ss:w"));
    EXPECT_THAT(passwords_in("-umysql://u:s@h"), ElementsAre("s"));
    EXPECT_THAT(passwords_in("postgresql://u:one@h/d?sslmode=require&password=two&x=y"),
                ElementsAre("one", "two"));
    EXPECT_THAT(passwords_in("postgresql://h/d?password=two"), ElementsAre("two"));
}

TEST(Password, IsNotFoundWhereThereIsNone) {
    for (const char* word : {"postgresql://u@h:5432/d", "sqlite:///a:b@c.db", "mysql://u:@h/d", "alter",
                             "a:b@c", "postgresql://h/d?sslmode=password=x", "mysql://h/d@x:y", ""}) {
        EXPECT_THAT(passwords_in(word), IsEmpty()) << word;
    }
}

TEST(Password, IsOverwrittenInPlace) {
    std::string program = "turntable";
    std::string option = "-u";
    std::string url = "postgresql://u:secret@h/d";
    std::vector<char*> argv{program.data(), option.data(), url.data()};
    EXPECT_EQ(overwrite_passwords(argv), Overwritten::a_password);
    EXPECT_EQ(url, "postgresql://u:******@h/d");
    EXPECT_EQ(program, "turntable");
    url = "postgresql://u@h/d";
    EXPECT_EQ(overwrite_passwords(argv), Overwritten::nothing);
}

TEST(Password, IsAskedForOnlyIfTheServerWantsOne) {
    using Kind = DatabaseErrorKind;
    EXPECT_TRUE(wants_password(
        {Kind::connect_failed, "28P01", "FATAL: password authentication failed for user \"x\""}));
    EXPECT_TRUE(wants_password({Kind::connect_failed, "", "fe_sendauth: no password supplied"}));
    EXPECT_TRUE(wants_password(
        {Kind::connect_failed, "1045", "Access denied for user 'x'@'h' (using password: NO)"}));
    EXPECT_FALSE(wants_password({Kind::connect_failed, "", "connection refused"}));
    EXPECT_FALSE(wants_password({Kind::privilege, "42501", "password is too short"}));
}

} // namespace
} // namespace turntable::cli
