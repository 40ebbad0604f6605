// The way back: no write since the swap is lost, dropped and unrounded values return, and what does not fit
// is refused.

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Revert : public Scenario {
  protected:
    Revert() { make_payments(200); }

    std::string alter(const std::vector<std::string>& arguments) {
        std::vector<std::string> all{"alter", "payments", "--strategy", "shadow", "--execute", "--yes"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const ToolRun run = tool_.json(all);
        EXPECT_EQ(run.exit_code, 0) << run.text();
        return run.exit_code == 0 ? run.json().value("job", "") : "";
    }
    void revert(const std::string& job) {
        const ToolRun run = tool_.json({"revert", job});
        EXPECT_EQ(run.exit_code, 0) << run.text();
        EXPECT_EQ(run.json().value("state", ""), "reverted");
    }
    // The dry run looks as the revert does first, and promises no statement that would not be run.
    void expect_dry_run_refused(const std::string& job, int exit_code, const std::string& code,
                                const std::string& naming) {
        const auto before = image();
        const ToolRun run = tool_.json({"revert", job, "--dry-run"});
        EXPECT_EQ(run.exit_code, exit_code) << run.text();
        EXPECT_EQ(run.json().value("/error/code"_json_pointer, ""), code) << run.text();
        EXPECT_FALSE(run.json().contains("statements")) << run.text();
        EXPECT_THAT(run.err, testing::HasSubstr(naming)) << run.text();
        EXPECT_EQ(image(), before) << "nothing may be changed";
    }
    std::string amount(int id) {
        return sql().cell("SELECT amount FROM payments WHERE id = " + std::to_string(id));
    }
};

TEST_P(Revert, KeepsEveryWriteMadeSinceTheSwap) {
    const std::string job = swapped_job();
    database_.exec({"UPDATE payments SET amount_cents = 1234 WHERE id = 5",
                    "DELETE FROM payments WHERE id = 6",
                    "INSERT INTO payments (id, amount_cents, note) VALUES (1000, 99, 'new')",
                    "UPDATE payments SET id = 2000 WHERE id = 7"});
    revert(job);
    EXPECT_EQ(amount(5), "12.34");
    EXPECT_EQ(amount(1000), "0.99");
    EXPECT_EQ(amount(2000), "7.25");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE id IN (6, 7)"), 0);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments"), 200);
}

// MySQL and MariaDB refuse a change of a column that a foreign key is over.
TEST_P(Revert, BringsNoRowBackWhoseParentIsGone) {
    if (is_mysql_like(database_.flavor())) {
        return;
    }
    database_.exec(
        {"CREATE TABLE parents (id integer NOT NULL PRIMARY KEY)", "INSERT INTO parents VALUES (1), (2)",
         "CREATE TABLE children (id integer NOT NULL PRIMARY KEY, parent integer REFERENCES parents(id))",
         "INSERT INTO children VALUES (10, 1), (11, 2)"});
    const ToolRun run =
        tool_.json({"alter", "children", "--alter", "DROP COLUMN parent", "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    const std::string job = run.json()["job"];
    database_.exec({"DELETE FROM parents WHERE id = 2", "INSERT INTO children (id) VALUES (12)"});
    const ToolRun dry = tool_.json({"revert", job, "--dry-run"});
    EXPECT_EQ(dry.exit_code, 3) << dry.text();
    EXPECT_NE(dry.text().find("id=11: no parent row"), std::string::npos) << dry.text();
    const ToolRun refused = tool_.json({"revert", job});
    EXPECT_EQ(refused.exit_code, 3) << refused.text();
    EXPECT_ANY_THROW(sql().query("SELECT parent FROM children")) << "the new table has the name still";
    EXPECT_EQ(refused.json().value("state", ""), "swapped");
    database_.exec({"INSERT INTO parents VALUES (2)"});
    revert(job);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM children WHERE parent IS NOT NULL"), 2);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM children"), 3);
}

// What the window held back is dropped later; the table may have been changed in between, by whom it may.
TEST_P(Revert, FinalizesLaterWithoutAWordOfWhatHasChangedSince) {
    const std::string job = alter({"--alter", "DROP COLUMN note"});
    revert(job);
    database_.exec({"ALTER TABLE payments ADD COLUMN later integer"});
    const ToolRun run = tool_.run({"finalize", job});
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(run.text().find("not as asked"), std::string::npos) << run.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note IS NOT NULL AND later IS NULL"), 200);
}

TEST_P(Revert, BringsDroppedColumnsBackWithTheirValues) {
    const std::string job = alter({"--alter", "DROP COLUMN note"});
    database_.exec({"UPDATE payments SET amount = 0.5 WHERE id = 5",
                    "INSERT INTO payments (id, amount) VALUES (1000, 3.5)"});
    revert(job);
    EXPECT_EQ(sql().cell("SELECT note FROM payments WHERE id = 5"), "n5");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE note IS NULL"), 1);
    EXPECT_EQ(amount(5), "0.5");
}

TEST_P(Revert, LeavesUnroundedOriginalsOfUnchangedRows) {
    sql().query("UPDATE payments SET amount = 1.005 WHERE id IN (5, 6)");
    const std::string job =
        alter({"--convert", "amount=cents,into=amount_cents,round=half_even,inexact=accept"});
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 5"), 100);
    sql().query("UPDATE payments SET status = 1 WHERE id = 5"); // touched, but not its amount
    sql().query("UPDATE payments SET amount_cents = 200 WHERE id = 6");
    revert(job);
    EXPECT_EQ(amount(5), "1.005");
    EXPECT_EQ(amount(6), "2");
}

TEST_P(Revert, RefusesRowsThatDoNotFitTheOldShape) {
    const bool mysql = is_mysql_like(flavor());
    const std::string job = alter({"--alter", mysql ? "MODIFY COLUMN status integer NULL DEFAULT 0"
                                                    : "ALTER COLUMN status DROP NOT NULL"});
    sql().query("UPDATE payments SET status = NULL WHERE id = 77");
    expect_dry_run_refused(job, 3, "does_not_fit", "77");
    const ToolRun run = tool_.json({"revert", job});
    EXPECT_EQ(run.exit_code, 3) << run.text();
    EXPECT_THAT(run.err, testing::HasSubstr("77")) << run.text();
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE status IS NULL"), 1)
        << "nothing may be changed";
    sql().query("UPDATE payments SET status = 3 WHERE id = 77");
    revert(job);
    EXPECT_EQ(sql().number("SELECT status FROM payments WHERE id = 77"), 3);
}

// A cast to the old type would round it and say nothing; SQLite's columns hold it.
TEST_P(Revert, RoundsNoValueInSilence) {
    const bool mysql = is_mysql_like(flavor()), holds_it = flavor() == Flavor::sqlite;
    const std::string job = alter({"--alter", mysql ? "MODIFY COLUMN status decimal(12,2) NOT NULL DEFAULT 0"
                                                    : "ALTER COLUMN status TYPE numeric(12,2)"});
    sql().query("UPDATE payments SET status = 2.5 WHERE id = 77");
    if (!holds_it) {
        expect_dry_run_refused(job, 3, "does_not_fit", "77");
        const ToolRun run = tool_.json({"revert", job});
        EXPECT_EQ(run.exit_code, 3) << run.text();
        EXPECT_EQ(sql().cell("SELECT status FROM payments WHERE id = 77"), "2.50")
            << "nothing may be changed";
        sql().query("UPDATE payments SET status = 3 WHERE id = 77");
    }
    revert(job);
    EXPECT_EQ(sql().cell("SELECT status FROM payments WHERE id = 77"), holds_it ? "2.5" : "3");
}

TEST_P(Revert, IsRefusedAfterFinalize) {
    const std::string job = swapped_job();
    EXPECT_EQ(tool_.run({"finalize", job}).exit_code, 0);
    const ToolRun run = tool_.json({"revert", job});
    EXPECT_EQ(run.exit_code, 2) << run.text();
    expect_dry_run_refused(job, 2, "wrong_state", "finalized");
    const ToolRun again = tool_.json({"finalize", job, "--dry-run"});
    EXPECT_EQ(again.exit_code, 0) << again.text();
    EXPECT_EQ(again.json()["statements"].size(), 0U) << again.text();
    EXPECT_EQ(sql().number("SELECT COUNT(amount_cents) FROM payments"), 200);
}

TEST_P(Revert, AndFinalizeLeaveOnlyTheJournal) {
    const auto before = everything();
    const std::string job = swapped_job();
    revert(job);
    const ToolRun run = tool_.json({"finalize", job});
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(everything(), before);
}

// The table is compared with what the swap left: what was hung on it since would be lost with it.
class AlteredWindow : public Revert {
  protected:
    void expect_refused_naming(const std::string& job, const std::string& what) {
        const auto before = image();
        const ToolRun run = tool_.json({"revert", job});
        EXPECT_EQ(run.exit_code, 3) << run.text();
        EXPECT_EQ(run.json().value("state", ""), "swapped") << run.text();
        EXPECT_THAT(run.err, testing::HasSubstr("was altered since the swap")) << run.text();
        EXPECT_THAT(run.err, testing::HasSubstr(what)) << run.text();
        EXPECT_EQ(image(), before) << "nothing may be changed";
        expect_dry_run_refused(job, 3, "altered_in_window", what);
    }
};

TEST_P(AlteredWindow, RefusesTheWayBackAndStaysOpen) {
    const std::string job = swapped_job();
    sql().query("ALTER TABLE payments ADD COLUMN added integer");
    sql().query("UPDATE payments SET added = id");
    expect_refused_naming(job, flavor() == Flavor::sqlite ? "payments" : "added");
    sql().query(
        "UPDATE payments SET amount_cents = 1 WHERE id = 5"); // nothing was taken from the application
    EXPECT_EQ(tool_.run({"finalize", job}).exit_code, 0);
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 5"), 1);
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE added = id"), 200);
}

TEST_P(AlteredWindow, OfAnIndexGoesBackOnceItIsDropped) {
    const std::string job = swapped_job();
    sql().query("CREATE INDEX added ON payments (status)");
    expect_refused_naming(job, "added");
    sql().query(is_mysql_like(flavor()) ? "DROP INDEX added ON payments" : "DROP INDEX added");
    sql().query("UPDATE payments SET amount_cents = 150 WHERE id = 5");
    revert(job);
    EXPECT_EQ(amount(5), "1.5");
}

TEST_P(AlteredWindow, StatisticsAndCommentsDoNotRefuse) {
    const std::string job = swapped_job();
    if (is_mysql_like(flavor())) {
        sql().query("ANALYZE TABLE payments");
        sql().query("ALTER TABLE payments COMMENT = 'it''s the `new` one', MODIFY status integer NOT NULL "
                    "DEFAULT 0 COMMENT 'a \\\\ '");
    } else {
        sql().query("ANALYZE payments");
    }
    if (flavor() == Flavor::postgres) {
        database_.exec({"COMMENT ON TABLE payments IS 'the new one'",
                        "COMMENT ON COLUMN payments.status IS 'a'",
                        "ALTER TABLE payments ALTER status SET STATISTICS 500, SET (fillfactor = 90)",
                        "VACUUM FULL payments", "REINDEX TABLE payments"});
    }
    revert(job);
    EXPECT_EQ(amount(5), "5.25");
}

// Nothing says how the old value is made of the new one: a row written since could not be carried back.
TEST_P(Revert, IsRefusedWithoutAnInverse) {
    const std::string job = alter({"--convert", "note=using,type=int64,into=size,expr=length(note)"});
    ASSERT_NE(job, "");
    sql().query("UPDATE payments SET size = 77 WHERE id = 5");
    sql().query("INSERT INTO payments (id, amount, size) VALUES (1000, 1, 9)");
    expect_dry_run_refused(job, 5, "irreversible", "no way back");
    const auto before = image();
    const ToolRun run = tool_.json({"revert", job});
    EXPECT_EQ(run.exit_code, 5) << run.text();
    EXPECT_EQ(run.json()["error"]["code"], "irreversible") << run.text();
    EXPECT_EQ(image(), before) << "nothing may be changed";
    EXPECT_EQ(sql().number("SELECT size FROM payments WHERE id = 5"), 77);
    EXPECT_EQ(tool_.run({"finalize", job}).exit_code, 0);
}

TEST_P(Revert, TwiceIsHarmless) {
    const std::string job = swapped_job();
    revert(job);
    revert(job);
    EXPECT_EQ(amount(5), "5.25");
}

TEST_P(Revert, FinalizeDueEndsOnlyWindowsThatHaveRunOut) {
    const ToolRun run = tool_.json(to_cents({"--keep-old", "1s"}));
    ASSERT_EQ(run.exit_code, 0) << run.text();
    sql().query("CREATE TABLE second (id integer NOT NULL PRIMARY KEY, a integer, b integer)");
    const ToolRun other = tool_.json(
        {"alter", "second", "--strategy", "shadow", "--alter", "DROP COLUMN b", "--execute", "--yes"});
    ASSERT_EQ(other.exit_code, 0) << other.text();
    const std::string first = run.json().value("job", "");
    const auto overdue = tool_.wait_for_job([&](const nlohmann::json& line) {
        return line["job"] == first && line["reason"].get<std::string>().find("ran out") != std::string::npos;
    });
    EXPECT_FALSE(overdue.is_null()) << tool_.jobs().dump(1);
    const ToolRun due = tool_.json({"finalize", "--due"});
    EXPECT_EQ(due.exit_code, 0) << due.text();
    ASSERT_EQ(due.json().size(), 1U) << due.text();
    EXPECT_EQ(due.json()[0]["job"], first);
    EXPECT_EQ(shadow(), "");
    const ToolRun again = tool_.json({"finalize", "--due"});
    EXPECT_EQ(again.json().size(), 0U) << again.text();
    EXPECT_EQ(tool_.json({"revert", other.json().value("job", "")}).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, AlteredWindow, testing::ValuesIn(one_server_of_each()), server_name);
INSTANTIATE_TEST_SUITE_P(Servers, Revert, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
