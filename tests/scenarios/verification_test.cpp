// Verification sees every fault in the shadow: a row that somebody deletes, falsifies or adds there while it
// is copied must stop the job before the swap, with the key, the columns and both values.

#include <thread>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Verification : public Scenario {
  protected:
    Verification() { make_payments(rows); }

    // Runs the change and falsifies the shadow as soon as the row with id 1 is in it.
    ToolRun run_with_fault(const std::string& statement) {
        const auto process =
            tool_.start(to_cents({"--format", "json", "--chunk-time", "1ms", "--workers", "1"}));
        std::string name;
        while (name.empty() && process->running()) {
            name = shadow();
        }
        // A connection of its own for each look: nothing of ours may hold the copy up.
        while (process->running() && sql().number("SELECT COUNT(*) FROM " + name + " WHERE " + row) == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds{200});
        }
        std::string text = statement;
        text.replace(text.find('#'), 1, name);
        EXPECT_EQ(sql().query(text).affected, 1);
        return Tool::finish(*process);
    }

    void expect_stopped(const ToolRun& run) {
        EXPECT_EQ(run.exit_code, 3) << run.text();
        EXPECT_EQ(run.json().value("mismatches", 0), 1) << run.text();
        EXPECT_EQ(run.json().value("verified", true), false);
        EXPECT_EQ(run.json().value("state", ""), "stopped");
        EXPECT_EQ(sql().number("SELECT COUNT(amount) FROM payments"), rows) << "swapped in spite of it";
    }

    static constexpr int rows = 20'000;
    const std::string row = "id = 1";
};

TEST_P(Verification, SeesADeletedRow) {
    const ToolRun run = run_with_fault("DELETE FROM # WHERE " + row);
    expect_stopped(run);
    EXPECT_THAT(run.err, testing::ContainsRegex("id *= *'?1'?[^0-9]")) << run.text();
}

TEST_P(Verification, SeesAFalsifiedValue) {
    const ToolRun run = run_with_fault("UPDATE # SET amount_cents = 99 WHERE " + row);
    expect_stopped(run);
    EXPECT_THAT(run.err, testing::AllOf(testing::HasSubstr("amount_cents"), testing::HasSubstr("125"),
                                        testing::HasSubstr("99")));
}

TEST_P(Verification, SeesAnotherValueThatIsEqualButNotTheSame) {
    // A blank at the end: equal in many collations.
    const ToolRun run = run_with_fault("UPDATE # SET note = 'n1 ' WHERE " + row);
    expect_stopped(run);
    EXPECT_THAT(run.err, testing::HasSubstr("note"));
}

TEST_P(Verification, SeesARowThatNobodyWrote) {
    const ToolRun run = run_with_fault(
        "INSERT INTO # (id, amount_cents, note, status) SELECT -5, 1, 'x', 0 FROM payments WHERE " + row);
    expect_stopped(run);
    EXPECT_THAT(run.err, testing::HasSubstr("-5"));
}

TEST_P(Verification, AfterAFaultTheJobCanBeAborted) {
    const auto before = image();
    const ToolRun run = run_with_fault("DELETE FROM # WHERE " + row);
    const ToolRun aborted = tool_.json({"abort", run.json().value("job", "")});
    EXPECT_EQ(aborted.exit_code, 0) << aborted.text();
    EXPECT_EQ(image(), before);
}

INSTANTIATE_TEST_SUITE_P(Servers, Verification, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
