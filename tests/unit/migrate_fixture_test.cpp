// fixtures/VERSION.toml as far as no database is needed.
#include "migrate/fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace turntable::migrate {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
    try {
        (void)parse_fixture(text, "20260101000001", "f.toml");
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "accepted";
}

TEST(Fixture, HasRowsBeforeAndAfterAndBack) {
    const Fixture fixture = parse_fixture(R"toml(
[[before]]
table = "users"
key = ["id"]
rows = [{ id = 1, name = "Ann" }, { id = 2 }]
columns = ["id", "name"]
[[before]]
sql = { sqlite = "select 1", default = "select 2" }
[[after]]
query = "select id, name from users order by id"
rows = [{ id = 1, name = "Ann" }, { id = 2 }]
[[back]]
query = "select count(*) as n from users"
rows = [{ n = 2 }]
)toml",
                                          "20260101000001", "f.toml");
    ASSERT_EQ(fixture.before.size(), 2U);
    EXPECT_EQ(std::get<UpsertRows>(fixture.before[0].rows).rows.size(), 2U);
    EXPECT_EQ(std::get<EngineText>(fixture.before[1].rows).for_engine("mysql"), "select 2");
    ASSERT_EQ(fixture.after.size(), 1U);
    EXPECT_EQ(fixture.after[0].rows.size(), 2U);
    EXPECT_FALSE(fixture.after[0].rows[1].contains("name")) << "NULL is expected";
    EXPECT_EQ(fixture.back.size(), 1U);
}

TEST(Fixture, UnknownKeysAndValuesAreRefusedWithTheirLine) {
    EXPECT_THAT(refusal("[[befor]]\nsql = 'x'\n"), HasSubstr("befor"));
    EXPECT_THAT(refusal("[[after]]\nrows = []\n"), HasSubstr("query"));
    EXPECT_THAT(refusal("[[after]]\nquery = 'q'\nrow = []\n"), HasSubstr("row"));
    EXPECT_THAT(refusal("[[before]]\nsql = 'x'\ntable = 'y'\n"), HasSubstr("table"));
}

} // namespace
} // namespace turntable::migrate
