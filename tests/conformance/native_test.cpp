// The kinds themselves, without the tool: every key and column can be written by the writers, and the effect
// that a change is said to have is what the server's own ALTER makes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/cases.hpp"
#include "support/test_database.hpp"
#include "support/writers.hpp"

namespace turntable::test {
namespace {

class Kinds : public testing::TestWithParam<Case> {};

TEST_P(Kinds, AreWrittenAndChangedByTheServerAlone) {
    const Case& tested = GetParam();
    TestDatabase database{tested.server};
    const TableModel model = make_model(database.flavor(), tested.key, &tested.columns, tested.change);
    database.exec(model.create());
    Writers writers{database, model, {.rows = 300, .pause = std::chrono::microseconds{0}}};
    writers.fill();
    writers.start();
    EXPECT_TRUE(writers.wait_for(60));
    writers.stop();
    EXPECT_THAT(writers.complaints(), testing::IsEmpty());
    EXPECT_THAT(differences(database.client(), model, same_shape(model)), testing::IsEmpty());

    const bool converts = tested.change.native.empty() || tested.change.arguments.front() == "--convert" ||
                          tested.change.name == "several_at_once"; // exact where the server's cast is not
    if (!converts) {
        database.exec(native_of(model, tested.change));
        ExpectedShape shape = same_shape(model);
        tested.change.effect(shape);
        EXPECT_THAT(differences(database.client(), model, shape), testing::IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Servers, Kinds, testing::ValuesIn(cases(Depth::each_once)), case_name);

} // namespace
} // namespace turntable::test
