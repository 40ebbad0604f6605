// The totals that the final JSON tells are those of the table as it was at the swap, to the last digit,
// however it was written to: computed again here, by other code, from the old table that the window keeps.

#include <atomic>
#include <thread>

#include "scenarios/scenario.hpp"
#include "support/decimal_reference.hpp"
#include "turntable/decimal.hpp"

namespace turntable::test {
namespace {

class Conservation : public Scenario {
  protected:
    Conservation() { make_payments(rows); }

    // Amounts of cents, of half cents and finer ones, either sign, NULL; new rows, gone rows, moved rows.
    // Ends when the column has gone.
    void write_on() {
        const auto client = database_.open();
        const char* const amounts[]{"17.08", "-0.005", "1.005",       "NULL",
                                    "8.345", "2.675",  "-1234567.89", "1e-7"};
        try {
            for (int n = 0;; ++n) {
                write(*client, n, amounts[n % 8]);
                ++written_;
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        } catch (const ClientError& error) {
            last_ = error.what();
        }
    }
    static void write(Client& client, int n, const std::string& amount) {
        const std::string id = std::to_string(n * 37 % rows + 1);
        const std::string fresh = std::to_string(1000 + n);
        switch (n % 4) {
        case 0:
        case 1:
            client.query("UPDATE payments SET amount = " + amount + " WHERE id = " + id);
            return;
        case 2:
            client.query("INSERT INTO payments (id, amount, note, status) VALUES (" + fresh + ", " + amount +
                         ", 'new', 0)");
            return;
        default:
            client.query("DELETE FROM payments WHERE id = " + (n % 8 == 3 ? id : std::to_string(999 + n)));
        }
    }

    // Where the old table stands in the window.
    std::string old_table() {
        const std::string query =
            flavor() == Flavor::sqlite
                ? "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON "
                  "c.name = 'amount' WHERE m.type = 'table' AND m.name <> 'payments'"
            : flavor() == Flavor::postgres
                ? "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM "
                  "information_schema.columns WHERE column_name = 'amount'"
                : "SELECT CONCAT('`', TABLE_NAME, '`') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                  "DATABASE() AND COLUMN_NAME = 'amount'";
        const Answer answer = sql().query(query);
        EXPECT_EQ(answer.rows.size(), 1U);
        const std::string name = answer.rows.empty() ? "" : answer.rows[0][0].value_or("");
        return flavor() == Flavor::sqlite ? database_.quote(name) : name;
    }

    void expect_totals_of(const std::string& table, const nlohmann::json& column) {
        constexpr int places = 9; // more than any of the amounts has
        std::int64_t source = 0, target = 0, nulls = 0, rounded = 0;
        for (const auto& row : sql().query("SELECT amount FROM " + table).rows) {
            if (!row[0]) {
                ++nulls;
                continue;
            }
            source += std::stoll(scaled(*row[0], places, Remainder::exact_only).value());
            target += std::stoll(scaled(*row[0], 2, Remainder::half_even).value());
            rounded += scaled(*row[0], 2, Remainder::exact_only) ? 0 : 1;
        }
        const auto told = [&](const char* name) {
            return *Decimal::parse(column.value(name, std::string{"no"}));
        };
        EXPECT_EQ(told("sum_source").scaled(places), *Decimal::parse(std::to_string(source)))
            << column.dump();
        EXPECT_EQ(told("sum_target"), *Decimal::parse(std::to_string(target))) << column.dump();
        EXPECT_EQ(told("sum_target"), told("sum_source").scaled(2) + told("sum_error")) << column.dump();
        EXPECT_EQ(column.value("nulls", -1), nulls) << column.dump();
        EXPECT_EQ(column.value("rounded", -1), rounded) << column.dump();
    }

    static constexpr int rows = 400;
    const std::vector<std::string> change_{
        "alter",     "payments", "--convert", "amount=cents,into=amount_cents,round=half_even,inexact=accept",
        "--execute", "--yes"};
    std::atomic<int> written_{0};
    std::string last_;
};

TEST_P(Conservation, TotalsAreThoseOfTheSwapBesideAWriter) {
    std::thread writer{[this] { write_on(); }};
    while (written_ < 20) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    const ToolRun run = tool_.json(change_);
    if (run.exit_code != 0) {
        sql().query("DROP TABLE payments"); // ends the writer
    }
    writer.join();
    ASSERT_EQ(run.exit_code, 0) << run.text() << last_;
    EXPECT_THAT(last_, testing::HasSubstr("amount")) << "no statement may fail before the swap";
    expect_totals_of(old_table(), run.json()["conversions"][0]);
}

// The verification is over when these are made, and the totals that it took are not of this table any more.
TEST_P(Conservation, TotalsKnowWhatWasWrittenBetweenVerificationAndSwap) {
    std::vector<std::string> arguments = change_;
    arguments.insert(arguments.end(), {"--cutover", "manual", "--cutover-timeout", "1s"});
    const ToolRun ready = tool_.json(arguments);
    ASSERT_EQ(ready.exit_code, 6) << ready.text();
    for (int n = 0; n < 16; ++n) {
        write(sql(), n, n % 2 == 0 ? "1.005" : "17.08");
    }
    const ToolRun swapped = tool_.json({"cutover", ready.json().value("job", "")});
    ASSERT_EQ(swapped.exit_code, 0) << swapped.text();
    expect_totals_of(old_table(), swapped.json()["conversions"][0]);
    EXPECT_EQ(sql().number("SELECT SUM(amount_cents) FROM payments"),
              std::stoll(swapped.json()["conversions"][0].value("sum_target", "")));
}

TEST_P(Conservation, TotalsAreTakenWhereNothingIsVerified) {
    for (const char* const verify : {"none", "sample"}) {
        std::vector<std::string> arguments = change_;
        arguments.insert(arguments.end(), {"--verify", verify});
        const ToolRun run = tool_.json(arguments);
        ASSERT_EQ(run.exit_code, 0) << run.text();
        expect_totals_of(old_table(), run.json()["conversions"][0]);
        const std::string job = run.json().value("job", "");
        ASSERT_EQ(tool_.run({"revert", job}).exit_code, 0);
        ASSERT_EQ(tool_.run({"finalize", job}).exit_code, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Servers, Conservation, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
