#include "turntable/url.hpp"

#include <gtest/gtest.h>

#include "turntable/error.hpp"

namespace turntable {
namespace {

TEST(Url, ReadsEveryPart) {
    const Url url =
        Url::parse("PostgreSQL://us%40er:p%3Aw@db.example:5433/shop?sslmode=require&socket=%2Ftmp");
    EXPECT_EQ(url.scheme, "postgresql");
    EXPECT_EQ(url.user, "us@er");
    EXPECT_EQ(url.password, "p:w");
    EXPECT_EQ(url.host, "db.example");
    EXPECT_EQ(url.port, 5433);
    EXPECT_EQ(url.database, "shop");
    EXPECT_EQ(url.options.at("sslmode"), "require");
    EXPECT_EQ(url.options.at("socket"), "/tmp");
}

TEST(Url, ReadsSqlitePathsAbsoluteAndRelative) {
    EXPECT_EQ(Url::parse("sqlite:///var/lib/shop.db").database, "/var/lib/shop.db");
    EXPECT_EQ(Url::parse("sqlite:shop.db").database, "shop.db");
}

TEST(Url, NeverShowsThePassword) {
    EXPECT_EQ(Url::parse("mysql://root:secret@127.0.0.1:3306/test").redacted(),
              "mysql://root:***@127.0.0.1:3306/test");
    try {
        (void)Url::parse("mysql://root:secret@host:port/test");
        FAIL() << "a bad port was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(std::string{error.what()}.find("secret"), std::string::npos);
    }
}

TEST(Url, RefusesWhatItCannotRead) {
    for (const char* text :
         {"", "nonsense", "sqlite:", "mysql://h:70000/d", "mysql://h/d?novalue", "mysql://h%2/d"}) {
        EXPECT_THROW((void)Url::parse(text), Error) << text;
    }
}

} // namespace
} // namespace turntable
