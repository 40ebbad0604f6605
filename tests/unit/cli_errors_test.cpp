#include "cli/errors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace turntable::cli {
namespace {

TEST(Errors, SayWhatWasWrongWhatIsLeftAndWhatToDo) {
    Error error{ErrorKind::refused, "no_key", "table shop.log has no usable key"};
    error.next("add a PRIMARY KEY");
    EXPECT_EQ(failure_text(failure_of(error)), "turntable: error: table shop.log has no usable key\n"
                                               "  left behind: nothing\n"
                                               "  next: add a PRIMARY KEY\n");
    EXPECT_EQ(failure_of(error).exit_code, 5);
}

TEST(Errors, SayWhatWasLeftBehind) {
    Error error{ErrorKind::failed, "x", "it failed"};
    error.left("the shadow table");
    EXPECT_EQ(failure_text(failure_of(error)),
              "turntable: error: it failed\n  left behind: the shadow table\n");
}

TEST(Errors, HaveAJsonFormWithAStableCode) {
    Error error{ErrorKind::usage, "unknown_column", "no column \"amont\""};
    EXPECT_EQ(failure_json(failure_of(error)),
              "{\"error\":{\"code\":\"unknown_column\",\"message\":\"no column \\\"amont\\\"\","
              "\"left_behind\":\"nothing\",\"next\":\"\"}}\n");
}

TEST(Errors, JsonSurvivesBytesThatAreNotUtf8) {
    const Error error{ErrorKind::failed, "x", "key \xff"};
    EXPECT_TRUE(nlohmann::json::accept(failure_json(failure_of(error))));
}

TEST(Errors, EveryAnswerOfADatabaseHasItsExitCode) {
    using Kind = DatabaseErrorKind;
    const std::pair<Kind, int> expected[] = {
        {Kind::transient, 4},       {Kind::lock_timeout, 4},    {Kind::cancelled, 4},
        {Kind::lost_connection, 8}, {Kind::outcome_unknown, 8}, {Kind::unique_violation, 3},
        {Kind::bad_value, 3},       {Kind::no_such_object, 2},  {Kind::privilege, 8},
        {Kind::read_only, 5},       {Kind::disk_full, 5},       {Kind::connect_failed, 8},
        {Kind::permanent, 1},
    };
    for (const auto& [kind, exit_code] : expected) {
        const Failure failure = failure_of(DatabaseError{kind, "42", "no"}, Reach::reads_only);
        EXPECT_EQ(failure.exit_code, exit_code) << failure.code;
        EXPECT_FALSE(failure.code.empty());
        EXPECT_EQ(failure.left_behind, "nothing");
    }
}

TEST(Errors, ShowTheAnswerItsCodeAndTheStatement) {
    const DatabaseError error{DatabaseErrorKind::no_such_object, "42P01", "relation \"x\" does not exist\n",
                              "SELECT 1 FROM x"};
    EXPECT_EQ(failure_of(error, Reach::reads_only).message,
              "the database answered: relation \"x\" does not exist (42P01); statement: SELECT 1 FROM x");
}

TEST(Errors, CutALongStatement) {
    const DatabaseError error{DatabaseErrorKind::permanent, "", "no", std::string(5000, 'x')};
    EXPECT_LT(failure_of(error, Reach::reads_only).message.size(), 700U);
}

TEST(Errors, DoNotClaimThatNothingIsLeftWhereThatIsNotKnown) {
    const DatabaseError lost{DatabaseErrorKind::lost_connection, "", "gone"};
    EXPECT_EQ(failure_of(lost, Reach::may_change).left_behind, "perhaps a job that can be resumed");
    EXPECT_NE(failure_of(lost, Reach::may_change).next.find("turntable jobs"), std::string::npos);
    const DatabaseError unreachable{DatabaseErrorKind::connect_failed, "", "refused"};
    EXPECT_EQ(failure_of(unreachable, Reach::may_change).left_behind, "nothing");
}

TEST(Errors, ABugIsAnInternalError) {
    const Failure failure = failure_of(std::runtime_error{"bad"}, Reach::may_change);
    EXPECT_EQ(failure.exit_code, 1);
    EXPECT_EQ(failure.code, "internal");
}

} // namespace
} // namespace turntable::cli
