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

// `test` takes every migration up, down and up again, then all of them down and up: at its end they are
// applied.
TEST_P(ShopExample, PassesItsOwnTestOnEveryEngineFromOneSetOfFiles) {
    const ToolRun run = shop({"test", "--scratch", database_.url()});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(number("select count(*) from products where price_cents = 1708"), 1);
    EXPECT_EQ(number("select count(*) from orders where amount_cents = 1708"), 3);
    EXPECT_EQ(number("select count(*) from customers where first_name = 'Bob' and last_name = 'Beta; Jr'"),
              1);
    EXPECT_EQ(number("select count(*) from customers where label = 'Alpha, Ann'"), 1);
    EXPECT_EQ(number("select count(*) from regions"), 3);
    EXPECT_EQ(number("select count(*) from customers where country = 'DE'"), 3);
    EXPECT_EQ(shop({"status", "--check"}).exit_code, 0);
    EXPECT_EQ(shop({"up"}).exit_code, 0) << "nothing is left to do";
}

INSTANTIATE_TEST_SUITE_P(On, ShopExample, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
