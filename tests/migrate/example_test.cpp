// The example of docs/examples/shop: one set of files, every engine, there and back.

#include <filesystem>

#include "lab.hpp"

namespace turntable::test {
namespace {

const std::string example = TURNTABLE_SOURCE_DIR "/docs/examples/shop/migrations";

class ShopExample : public MigrateTest {
  protected:
    [[nodiscard]] ToolRun shop(std::vector<std::string> words) const {
        words.insert(words.end(), {"--dir", example});
        return tool_.json(words);
    }
};

TEST_P(ShopExample, HasTwentyMigrations) {
    EXPECT_EQ(shop({"status"}).json()["pending"], 20);
}

TEST_P(ShopExample, RunsUpOnEveryEngineFromOneSetOfFiles) {
    const ToolRun up = shop({"up"});
    ASSERT_EQ(up.exit_code, 0) << up.text();
    EXPECT_EQ(number("select count(*) from products where price_cents = 1708"), 1);
    EXPECT_EQ(number("select count(*) from orders where amount_cents = 1708"), 3);
    EXPECT_EQ(number("select count(*) from customers where first_name = 'Bob' and last_name = 'Beta; Jr'"),
              1);
    EXPECT_EQ(number("select count(*) from customers where label = 'Alpha, Ann'"), 1);
    EXPECT_EQ(number("select count(*) from regions"), 3);
    EXPECT_EQ(number("select count(*) from customers where country = 'DE'"), 3);
    EXPECT_EQ(shop({"status", "--check"}).exit_code, 0);
    // The newest ones come back with their rows.
    const ToolRun down = shop({"down", "-3"});
    ASSERT_EQ(down.exit_code, 0) << down.text();
    EXPECT_EQ(number("select count(*) from customers where full_name = 'Ann Alpha'"), 1);
    EXPECT_EQ(number("select count(*) from countries"), 3);
    const ToolRun again = shop({"up"});
    ASSERT_EQ(again.exit_code, 0) << again.text();
}

TEST_P(ShopExample, PassesItsOwnTest) {
    const ToolRun run = shop({"test", "--scratch", database_.url()});
    EXPECT_EQ(run.exit_code, 0) << run.text();
}

INSTANTIATE_TEST_SUITE_P(On, ShopExample, testing::ValuesIn(servers()), server_name);

} // namespace
} // namespace turntable::test
