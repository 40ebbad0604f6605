// keep=yes: after the swap old and new application code run side by side, and each column follows the other.

#include <atomic>
#include <cmath>
#include <map>
#include <regex>
#include <thread>

#include "scenarios/scenario.hpp"

namespace turntable::test {
namespace {

class Keep : public Scenario {
  protected:
    // What the application may call an error of ours, or "" if the statement went through.
    std::string error_of(const std::string& statement) {
        try {
            sql().query(statement);
        } catch (const ClientError& error) {
            return error.what();
        }
        return "";
    }
    static std::vector<std::string> keeping(const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{
            "alter",     "payments",
            "--convert", "amount=cents,into=amount_cents,keep=yes,round=half_even,inexact=report",
            "--execute", "--yes"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    std::string kept_job() {
        const ToolRun run = tool_.json(keeping());
        EXPECT_EQ(run.exit_code, 0) << run.text();
        EXPECT_TRUE(run.exit_code == 0 && run.json().value("verified", false)) << run.text();
        return run.exit_code == 0 ? run.json().value("job", "") : "";
    }
    // "amount|cents" of a row.
    std::string pair(int id) {
        const Answer answer =
            sql().query("SELECT amount, amount_cents FROM payments WHERE id = " + std::to_string(id));
        return answer.rows.empty()
                   ? "no row"
                   : answer.rows[0][0].value_or("NULL") + "|" + answer.rows[0][1].value_or("NULL");
    }
    // PostgreSQL's image numbers the columns.
    static std::vector<std::string> without_places(std::vector<std::string> lines) {
        for (std::string& line : lines) {
            line = std::regex_replace(line, std::regex{" place [0-9]+"}, "");
        }
        return lines;
    }
    void end(const char* command, const std::string& job, const std::string& state) {
        const ToolRun run = tool_.json({command, job});
        EXPECT_EQ(run.exit_code, 0) << run.text();
        EXPECT_EQ(run.json().value("state", ""), state) << run.text();
    }
    std::string upsert(int id, const std::string& column, const std::string& value) {
        const std::string insert =
            "INSERT INTO payments (id, " + column + ") VALUES (" + std::to_string(id) + ", " + value + ") ";
        return is_mysql_like(flavor())
                   ? insert + "ON DUPLICATE KEY UPDATE " + column + " = VALUES(" + column + ")"
                   : insert + "ON CONFLICT (id) DO UPDATE SET " + column + " = excluded." + column;
    }
    // NOT NULL with or without a default, instead of the payments of Scenario.
    void make_strict_payments(const std::string& amount) {
        const std::string real = is_mysql_like(flavor())        ? "double"
                                 : flavor() == Flavor::postgres ? "double precision"
                                                                : "real";
        sql().query("CREATE TABLE payments (id integer NOT NULL PRIMARY KEY, amount " + real + " " + amount +
                    ", note varchar(40))");
        for (int id = 1; id <= 20; ++id) {
            sql().query("INSERT INTO payments VALUES (" + std::to_string(id) + ", " + std::to_string(id) +
                        ".25, 'n')");
        }
    }
};

TEST_P(Keep, EachColumnFollowsTheOther) {
    make_payments(100);
    sql().query("UPDATE payments SET amount = 1.005 WHERE id IN (7, 8, 9)");
    const std::string job = kept_job();
    EXPECT_EQ(pair(7), "1.005|100");
    database_.exec(
        {"INSERT INTO payments (id, amount) VALUES (1001, 17.08)",
         "INSERT INTO payments (id, amount_cents) VALUES (1002, 29)",
         "INSERT INTO payments (id, amount, amount_cents) VALUES (1003, 1.005, 100)",
         "INSERT INTO payments (id) VALUES (1004)",
         "INSERT INTO payments (id, amount) SELECT id + 2000, 2.675 FROM payments WHERE id IN (1, 2)",
         "INSERT INTO payments (id, amount_cents) SELECT id + 3000, 57 FROM payments WHERE id IN (1, 2)",
         "UPDATE payments SET amount = 8.345 WHERE id = 1",
         "UPDATE payments SET amount_cents = 1 WHERE id = 2",
         "UPDATE payments SET amount = 0.125, amount_cents = 12 WHERE id = 3",
         "UPDATE payments SET amount = NULL WHERE id = 4",
         "UPDATE payments SET amount_cents = NULL WHERE id = 5",
         "UPDATE payments SET note = 'x' WHERE id = 7",
         "UPDATE payments SET amount_cents = 100 WHERE id = 8",
         "UPDATE payments SET amount_cents = 101 WHERE id = 9",
         "UPDATE payments SET amount = amount + 1 WHERE id BETWEEN 10 AND 12",
         "UPDATE payments SET amount_cents = amount_cents + 1 WHERE id BETWEEN 13 AND 15",
         "UPDATE payments SET id = 4000, amount_cents = 5 WHERE id = 16",
         upsert(17, "amount", "0.5"),
         upsert(18, "amount_cents", "50"),
         upsert(1005, "amount", "0.5")});
    const std::map<int, std::string> expected{
        {1001, "17.08|1708"}, {1002, "0.29|29"},   {1003, "1.005|100"}, {1004, "NULL|NULL"},
        {2001, "2.675|268"},  {2002, "2.675|268"}, {3002, "0.57|57"},   {1, "8.345|834"},
        {2, "0.01|1"},        {3, "0.125|12"},     {4, "NULL|NULL"},    {5, "NULL|NULL"},
        {7, "1.005|100"},     {8, "1.005|100"},    {9, "1.01|101"},     {10, "11.25|1125"},
        {12, "13.25|1325"},   {13, "13.26|1326"},  {15, "15.26|1526"},  {4000, "0.05|5"},
        {17, "0.5|50"},       {18, "0.5|50"},      {1005, "0.5|50"}};
    for (const auto& [id, values] : expected) {
        EXPECT_EQ(pair(id), values) << id;
    }
    EXPECT_THAT(error_of("INSERT INTO payments (id, amount, amount_cents) VALUES (1010, 1.005, 101)"),
                testing::HasSubstr("contradict each other"));
    EXPECT_THAT(error_of("UPDATE payments SET amount = 4.1, amount_cents = 400 WHERE id = 20"),
                testing::HasSubstr("contradict each other"));
    EXPECT_NE(error_of("UPDATE payments SET amount_cents = 1234567890123456789 WHERE id = 20"), "")
        << "no float holds it";
    EXPECT_NE(error_of("UPDATE payments SET amount = 1e30 WHERE id = 20"), "") << "no integer holds it";
    EXPECT_EQ(pair(20), "20.25|2025");
    end("revert", job, "reverted");
    for (const auto& [id, values] : expected) {
        const Answer old = sql().query("SELECT amount FROM payments WHERE id = " + std::to_string(id));
        EXPECT_EQ(old.rows.at(0).at(0).value_or("NULL"), values.substr(0, values.find('|'))) << id;
    }
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments"), 109);
}

TEST_P(Keep, FinalizeDropsTheOldColumn) {
    make_payments(100);
    const auto before = image();
    const std::string job = kept_job();
    sql().query("UPDATE payments SET amount = 17.08 WHERE id = 5");
    end("finalize", job, "finalized");
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 5"), 1708);
    EXPECT_EQ(sql().number("SELECT COUNT(amount_cents) FROM payments"), 100);
    sql().query("UPDATE payments SET amount_cents = 3 WHERE id = 6");
    sql().query("INSERT INTO payments (id, amount_cents) VALUES (1000, 4)");
    EXPECT_NE(error_of("SELECT amount FROM payments"), "");
    EXPECT_EQ(shadow(), "");
    const auto changes = image_changes(without_places(before), without_places(image()));
    for (const std::string& line : changes) {
        EXPECT_THAT(line, testing::HasSubstr("amount")) << "nothing else of the catalogue may change";
    }
    end("finalize", job, "finalized");
}

TEST_P(Keep, WithNotNullAndADefault) {
    make_strict_payments("NOT NULL DEFAULT 2.5");
    const std::string job = kept_job();
    database_.exec({"INSERT INTO payments (id, amount) VALUES (101, 17.08)",
                    "INSERT INTO payments (id, amount_cents) VALUES (102, 29)",
                    "INSERT INTO payments (id) VALUES (103)"});
    EXPECT_EQ(pair(101), "17.08|1708");
    EXPECT_EQ(pair(102), "0.29|29");
    EXPECT_EQ(pair(103), "2.5|250");
    EXPECT_NE(error_of("UPDATE payments SET amount = NULL WHERE id = 1"), "");
    EXPECT_NE(error_of("UPDATE payments SET amount_cents = NULL WHERE id = 1"), "");
    end("finalize", job, "finalized");
    sql().query("INSERT INTO payments (id) VALUES (104)");
    EXPECT_EQ(sql().number("SELECT amount_cents FROM payments WHERE id = 104"), 250);
    EXPECT_NE(error_of("INSERT INTO payments (id, amount_cents) VALUES (105, NULL)"), "");
}

TEST_P(Keep, WithNotNullAndNoDefault) {
    make_strict_payments("NOT NULL");
    const std::string job = kept_job();
    database_.exec(
        {"INSERT INTO payments (id, amount) VALUES (101, 17.08)",
         "INSERT INTO payments (id, amount_cents) VALUES (102, 29)",
         "INSERT INTO payments (id, amount) SELECT id + 200, 1.5 FROM payments WHERE id < 3",
         "INSERT INTO payments (id, amount_cents) SELECT id + 300, 150 FROM payments WHERE id < 3"});
    EXPECT_EQ(pair(101), "17.08|1708");
    EXPECT_EQ(pair(102), "0.29|29");
    EXPECT_EQ(pair(202), "1.5|150");
    EXPECT_EQ(pair(302), "1.5|150");
    EXPECT_NE(error_of("INSERT INTO payments (id) VALUES (103)"), "");
    end("finalize", job, "finalized");
    EXPECT_NE(error_of("INSERT INTO payments (id) VALUES (104)"), "");
    sql().query("INSERT INTO payments (id, amount_cents) VALUES (105, 5)");
}

TEST_P(Keep, FollowsByEveryRuleThatHasAPlainForm) {
    make_payments(10);
    sql().query("UPDATE payments SET note = CASE WHEN id < 6 THEN 'open' ELSE 'closed' END");
    const ToolRun run = tool_.json(
        {"alter", "payments", "--convert",
         "note=lookup,map='open:1;closed:2',type=int16,into=state_id,keep=yes", "--convert",
         "status=from_minor_units,type='decimal(12,2)',into=level,keep=yes", "--execute", "--yes"});
    ASSERT_EQ(run.exit_code, 0) << run.text();
    database_.exec(
        {"UPDATE payments SET note = 'closed' WHERE id = 1", "UPDATE payments SET state_id = 1 WHERE id = 7",
         "UPDATE payments SET status = 150 WHERE id = 2", "UPDATE payments SET level = 2.25 WHERE id = 3",
         "UPDATE payments SET note = NULL, status = 7 WHERE id = 4"});
    const auto found = [&](int id) {
        const Answer answer = sql().query(
            "SELECT note, state_id, status, level * 100 FROM payments WHERE id = " + std::to_string(id));
        std::string line = answer.rows.at(0).at(0).value_or("NULL") + "|" +
                           answer.rows[0][1].value_or("NULL") + "|" + answer.rows[0][2].value_or("NULL");
        return line + "|" + std::to_string(std::lround(std::stod(answer.rows[0][3].value_or("-1"))));
    };
    EXPECT_EQ(found(1), "closed|2|0|0");
    EXPECT_EQ(found(7), "open|1|0|0");
    EXPECT_EQ(found(2), "open|1|150|150");
    EXPECT_EQ(found(3), "open|1|225|225");
    EXPECT_EQ(found(4), "NULL|NULL|7|7");
    EXPECT_NE(error_of("UPDATE payments SET note = 'ajar' WHERE id = 5"), "");
    EXPECT_NE(error_of("UPDATE payments SET state_id = 3 WHERE id = 5"), "");
    end("finalize", run.json().value("job", ""), "finalized");
    EXPECT_EQ(sql().number("SELECT SUM(state_id) FROM payments WHERE id <> 4"), 14);
}

TEST_P(Keep, IsRefusedWhereATriggerCouldNotSayTheConversion) {
    make_payments(10);
    sql().query("UPDATE payments SET note = '2026-11-25'");
    const std::vector<std::string> dates{"alter",     "payments", "--convert", "note=date,into=day,keep=yes",
                                         "--execute", "--yes"};
    if (flavor() == Flavor::sqlite) {
        expect_refused(dates, 5, "keep_not_possible");
    } else {
        const ToolRun run = tool_.json(dates);
        EXPECT_EQ(run.exit_code, 0) << run.text();
        sql().query("UPDATE payments SET note = '2024-02-29' WHERE id = 1");
        EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE day = '2024-02-29'"), 1);
    }
}

TEST_P(Keep, IsRefusedWhereSomethingHangsOnTheColumn) {
    make_payments(10);
    sql().query("CREATE INDEX by_amount ON payments (amount)");
    expect_refused(keeping(), 5, "keep_not_possible");
}

TEST_P(Keep, NeedsAWindowAndANewName) {
    make_payments(10);
    expect_refused(keeping({"--keep-old", "none"}), 5, "keep_needs_window");
    expect_refused({"alter", "payments", "--convert", "amount=cents,keep=yes", "--execute", "--yes"}, 2,
                   "bad_conversion");
}

TEST_P(Keep, AChangeOfUnitUnderTheOldNameNeedsConsent) {
    make_payments(10);
    expect_refused({"alter", "payments", "--convert", "amount=cents", "--execute", "--yes"}, 5, "same_name");
    const ToolRun run =
        tool_.json({"alter", "payments", "--convert", "amount=cents,same_name=accept", "--execute", "--yes"});
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(sql().number("SELECT amount FROM payments WHERE id = 1"), 125);
}

// One application writes amounts from before the change to after it, another writes cents from the swap on.
// Each keeps its own book; no statement of either may fail.
class Application {
  public:
    Application(const TestDatabase& database, int first_id, bool cents)
        : client_(database.open()), first_(first_id), cents_(cents) {
        thread_ = std::thread{[this] { work(); }};
    }
    ~Application() { stop(); }
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    void stop() {
        ending_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    void wait_for(int more) const {
        const int until = done_ + more;
        while (done_ < until && !failed_) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
    [[nodiscard]] const std::map<int, int>& book() const { return book_; }
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

  private:
    void work() {
        try {
            for (int n = 0; !ending_; ++n) {
                const int id = first_ + n % 40, cents = (n * 37) % 100'000;
                write(id, cents, n);
                ++done_;
                std::this_thread::sleep_for(std::chrono::milliseconds{2});
            }
        } catch (const ClientError& error) {
            complaint_ = error.what();
            failed_ = true;
        }
    }
    void write(int id, int cents, int n) {
        const std::string key = std::to_string(id);
        const std::string value = cents_ ? std::to_string(cents)
                                         : std::to_string(cents / 100) + (cents % 100 < 10 ? ".0" : ".") +
                                               std::to_string(cents % 100);
        const std::string column = cents_ ? "amount_cents" : "amount";
        if (!book_.contains(id)) {
            client_->query("INSERT INTO payments (id, " + column + ", note) VALUES (" + key + ", " + value +
                           ", 'w')");
            book_[id] = cents;
        } else if (n % 11 == 0) {
            client_->query("DELETE FROM payments WHERE id = " + key);
            book_.erase(id);
        } else {
            client_->query("UPDATE payments SET " + column + " = " + value + " WHERE id = " + key);
            book_[id] = cents;
        }
    }

    std::unique_ptr<Client> client_;
    int first_;
    bool cents_;
    std::map<int, int> book_;
    std::string complaint_;
    std::atomic<bool> ending_{false}, failed_{false};
    std::atomic<int> done_{0};
    std::thread thread_;
};

TEST_P(Keep, OldAndNewCodeRunSideBySide) {
    make_payments(2000);
    Application old_code{database_, 100'000, false};
    old_code.wait_for(30);
    const std::string job = kept_job();
    ASSERT_NE(job, "");
    Application new_code{database_, 200'000, true};
    old_code.wait_for(80);
    new_code.wait_for(80);
    new_code.stop();
    end("revert", job, "reverted"); // the old code goes on meanwhile
    old_code.wait_for(10);
    const std::string second = kept_job();
    old_code.wait_for(10);
    old_code.stop();
    EXPECT_EQ(old_code.complaint(), "");
    EXPECT_EQ(new_code.complaint(), "");
    const auto check_books = [&](const std::string& columns) {
        std::map<int, int> found;
        for (const auto& row :
             sql().query("SELECT id, " + columns + " FROM payments WHERE id >= 100000 ORDER BY id").rows) {
            const int id = std::stoi(*row.at(0));
            found[id] = std::stoi(*row.at(1));
            if (row.size() > 2) {
                EXPECT_EQ(std::lround(std::stod(row[2].value_or("-1")) * 100), found[id]) << id;
            }
        }
        std::map<int, int> expected = old_code.book();
        expected.insert(new_code.book().begin(), new_code.book().end());
        EXPECT_EQ(found, expected);
    };
    check_books("amount_cents, amount");
    EXPECT_EQ(sql().number("SELECT COUNT(*) FROM payments WHERE id <= 2000 AND amount_cents = id * 100 + 25"),
              2000);
    end("finalize", second, "finalized");
    check_books("amount_cents");
}

INSTANTIATE_TEST_SUITE_P(Servers, Keep, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
