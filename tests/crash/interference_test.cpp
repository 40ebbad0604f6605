// What somebody else does at statement n of a change, for n over the whole change: a twin takes the job over;
// a person drops the triggers of the table, writes, and puts them back. SQLite, where a test can look at all
// that the file holds.

#include <gtest/gtest.h>

#include "crash/in_process.hpp"
#include "run/ownership.hpp"
#include "support/depth.hpp"
#include "turntable/engines.hpp"
#include "turntable/error.hpp"

namespace turntable::test {
namespace {

using run::JobState;

class Interference : public testing::Test {
  protected:
    // Runs body(n) over the change until it says that statement n was not reached.
    template <class Body>
    void for_each_statement(const Body& body) {
        const int stride = full_depth() ? 1 : 17;
        int runs = 0;
        for (int n = 3;; n += stride, ++runs) {
            SCOPED_TRACE("statement " + std::to_string(n));
            if (!body(n) || HasFailure()) {
                break;
            }
        }
        EXPECT_GT(runs, 5) << "nothing was disturbed";
    }

    // Calls `what` once, at the first statement from n on at which it says that it could.
    static FaultPlan once_from(InProcessChange& change, int n, bool& happened,
                               const std::function<bool()>& what) {
        FaultPlan plan;
        plan.between = [&change, n, &happened, what] {
            if (!happened && change.plan().seen >= n) {
                happened = what();
            }
        };
        return plan;
    }

    static std::string everything(Client& client) {
        std::string text;
        for (const auto& table : client.query("SELECT name FROM sqlite_schema WHERE type = 'table'").rows) {
            text += *table[0] + "\n";
            for (const auto& row : client.query("SELECT * FROM " + quote(Flavor::sqlite, *table[0])).rows) {
                for (const auto& cell : row) {
                    text += cell.value_or("NULL") + "|";
                }
                text += "\n";
            }
        }
        return text;
    }

    const Server sqlite{"sqlite", ""};
};

bool take_over(InProcessChange& change) {
    const std::string job = change.job();
    if (job.empty()) {
        return false;
    }
    change.stop_writing();
    const auto engine = make_engine(Url::parse(change.database().url()));
    run::Desk desk{*engine};
    const run::JobRecord record = desk.journal.load(*desk.session, job);
    (void)desk.journal.take_over(*desk.session, job, record.epoch, "a twin");
    return true;
}

TEST_F(Interference, ATwinThatTakesOverFencesTheOwnerBeforeItsNextWrite) {
    for_each_statement([&](int n) {
        InProcessChange change{sqlite};
        std::string as_taken, code;
        bool happened = false;
        const auto twin = [&] {
            const bool taken = take_over(change);
            as_taken = everything(change.database().client());
            return taken;
        };
        try {
            (void)change.call(once_from(change, n, happened, twin),
                              [&](const run::Context& context) { return change.execute(context); });
        } catch (const Error& error) {
            code = error.code();
        }
        if (!happened) {
            return false;
        }
        EXPECT_EQ(everything(change.database().client()), as_taken) << "the fenced owner wrote";
        if (code != "fenced") { // it had nothing left to write
            EXPECT_EQ(code, "");
            EXPECT_EQ(change.state(), JobState::swapped);
        }
        const auto outcome =
            change.call({}, [&](const run::Context& context) { return run::resume(context, change.job()); });
        EXPECT_EQ(outcome->state, JobState::swapped) << outcome->reason;
        EXPECT_EQ(change.trouble(true), "");
        return true;
    });
}

enum class Captured { nothing, before_swap, after_swap };

// Drops the triggers of this tool on the table, lets the application write, and puts them back.
Captured drop_and_put_back(InProcessChange& change) {
    Client& client = change.database().client();
    const Answer triggers = client.query(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'orders' AND name LIKE "
        "'orders~_~_tt%' ESCAPE '~' ORDER BY rowid");
    if (triggers.rows.empty()) {
        return Captured::nothing;
    }
    Captured captured = Captured::before_swap;
    for (const auto& row : triggers.rows) {
        client.query("DROP TRIGGER " + quote(Flavor::sqlite, *row[0]));
        captured = row[0]->find("_back_") == std::string::npos ? captured : Captured::after_swap;
    }
    change.write(3);
    for (const auto& row : triggers.rows) {
        client.query(*row[1]);
    }
    return captured;
}

TEST_F(Interference, TriggersDroppedAndPutBackLoseNoWrite) {
    int before = 0, after = 0;
    for_each_statement([&](int n) {
        InProcessChange change{sqlite};
        Captured captured = Captured::nothing;
        bool happened = false;
        const auto tamper = [&] {
            captured = drop_and_put_back(change);
            return captured != Captured::nothing;
        };
        const auto outcome =
            change.call(once_from(change, n, happened, tamper),
                        [&](const run::Context& context) { return change.execute(context); });
        EXPECT_EQ(outcome->state, JobState::swapped) << outcome->reason;
        EXPECT_EQ(change.trouble(true), "");
        const auto back =
            change.call({}, [&](const run::Context& context) { return run::revert(context, change.job()); });
        const bool refused = captured == Captured::after_swap;
        EXPECT_EQ(back->state, refused ? JobState::swapped : JobState::reverted) << back->reason;
        EXPECT_EQ(change.trouble(refused), "");
        before += captured == Captured::before_swap ? 1 : 0;
        after += refused ? 1 : 0;
        return happened;
    });
    EXPECT_GT(before, 0);
    std::printf("%d before the swap, %d after it\n", before, after);
}

} // namespace
} // namespace turntable::test
