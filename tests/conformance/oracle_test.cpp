// The oracle itself: it must see every kind of difference, and writers alone must leave none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalog_image.hpp"
#include "support/decimal_reference.hpp"
#include "support/kinds.hpp"
#include "support/servers.hpp"
#include "support/test_database.hpp"
#include "support/twin_oracle.hpp"
#include "support/writers.hpp"

namespace turntable::test {
namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

class Oracle : public testing::TestWithParam<Server> {
  protected:
    void SetUp() override {
        const auto kinds = column_kinds(database_.flavor());
        const auto changes = change_kinds(database_.flavor());
        model_ = make_model(database_.flavor(), integer_key(database_.flavor()), &kinds.at(0),
                            change_named(changes, "widen_type"));
        database_.exec(model_.create());
        Writers writers{database_, model_, {.rows = 500}};
        writers.fill();
    }

    std::string differences_after(const std::string& statement) {
        database_.client().query(statement);
        return joined(differences(database_.client(), model_, same_shape(model_)));
    }

    TestDatabase database_{GetParam()};
    TableModel model_;
};

TEST_P(Oracle, FindsNothingInEqualTables) {
    EXPECT_EQ(differences_after("SELECT 1"), "");
}

TEST_P(Oracle, SeesAMissingRow) {
    EXPECT_EQ(differences_after("DELETE FROM orders WHERE id = 77"),
              database_.flavor() == Flavor::sqlite ? "missing: id='i:77'\n" : "missing: id='77'\n");
}

TEST_P(Oracle, SeesAnExtraRow) {
    EXPECT_THAT(differences_after("DELETE FROM orders_twin WHERE id = 77"),
                testing::StartsWith("extra: id="));
}

TEST_P(Oracle, SeesAFalsifiedValue) {
    EXPECT_THAT(differences_after("UPDATE orders SET v = 123 WHERE id = 77"),
                testing::HasSubstr("v must be"));
}

TEST_P(Oracle, SeesAnotherShape) {
    EXPECT_THAT(differences_after("ALTER TABLE orders ADD COLUMN surprise integer"),
                testing::StartsWith("the columns are id grp uq v"));
}

TEST_P(Oracle, SeesAChangedCatalogue) {
    const auto before = catalog_image(database_.flavor(), database_.client());
    database_.client().query("CREATE INDEX extra_index ON orders (v)");
    const auto after = catalog_image(database_.flavor(), database_.client());
    EXPECT_THAT(joined(image_changes(before, after)), testing::HasSubstr("extra_index"));
}

TEST_P(Oracle, WritersAloneLeaveTheTablesEqual) {
    Writers writers{database_, model_, {.writers = 3, .rows = 500, .pause = std::chrono::microseconds{0}}};
    database_.client().query("DELETE FROM orders");
    database_.client().query("DELETE FROM orders_twin");
    writers.fill();
    writers.start();
    EXPECT_TRUE(writers.wait_for(600));
    writers.hold();
    EXPECT_EQ(joined(differences(database_.client(), model_, same_shape(model_))), "");
    writers.proceed();
    EXPECT_TRUE(writers.wait_for(50));
    writers.stop();
    EXPECT_EQ(joined(writers.complaints()), "");
    EXPECT_GE(writers.counts().by_kind.size(), 13U);
    EXPECT_GT(writers.counts().rolled_back, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, Oracle, testing::ValuesIn(servers()),
                         [](const auto& tested) { return tested.param.name; });

TEST(DecimalReference, ScalesExactlyAndRoundsHalfToEven) {
    EXPECT_EQ(scaled("17.08", 2, Remainder::exact_only), "1708");
    EXPECT_EQ(scaled("1.005", 2, Remainder::half_even), "100");
    EXPECT_EQ(scaled("1.015", 2, Remainder::half_even), "102");
    EXPECT_EQ(scaled("-1.0050001", 2, Remainder::half_even), "-101");
    EXPECT_EQ(scaled("1.005", 2, Remainder::exact_only), std::nullopt);
    EXPECT_EQ(scaled("1e22", 2, Remainder::exact_only), "1000000000000000000000000");
    EXPECT_EQ(scaled("1.5e-7", 2, Remainder::half_even), "0");
    EXPECT_EQ(scaled("-0", 2, Remainder::exact_only), "0");
    EXPECT_EQ(scaled("9.995", 2, Remainder::half_even), "1000");
    EXPECT_EQ(unscaled("1708", 2), "17.08");
    EXPECT_EQ(unscaled("-5", 2), "-0.05");
    EXPECT_EQ(unscaled("1700", 2), "17");
}

} // namespace
} // namespace turntable::test
