// The main job: float to cents while four writers work, verified by a twin; then revert and finalize.
#include "on_both_servers.hpp"

namespace turntable::test {
namespace {

class CentsUnderWriters : public OnBothServers {
  protected:
    void SetUp() override {
        lab.sql("CREATE TABLE payments (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT "
                "NOT NULL, "
                "amount DOUBLE NOT NULL, note VARCHAR(40), KEY by_customer (customer), UNIQUE KEY by_note "
                "(note))");
        lab.sql("INSERT INTO payments (customer, amount, note) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                "SELECT i + 1 "
                "FROM n WHERE i < 1000) SELECT i % 97, i * 1.05, CONCAT('n', i) FROM n");
        for (int i = 0; i < 4; ++i) {
            lab.sql("INSERT INTO payments (customer, amount, note) SELECT customer, ROUND(amount + 0.01, 2), "
                    "CONCAT(note, '-" +
                    std::to_string(i) + "') FROM payments");
        }
        lab.sql("CREATE TABLE twin AS SELECT id, customer, amount AS amount, note FROM payments");
        lab.sql("ALTER TABLE twin ADD PRIMARY KEY (id)");
    }

    // Writes one row to the table, in whichever shape it has, and to the twin in cents.
    static void write(Session& session, unsigned random) {
        const std::string id = std::to_string(1 + random % 16000);
        const std::string fresh = std::to_string(20000 + random % 5000);
        const auto both = [&](const std::string& statement) {
            // A statement that met no row holds no lock: the row may appear before the twin is written.
            if (session.run(statement).affected == 0) {
                return;
            }
            std::string twin = statement;
            twin.replace(twin.find("payments"), 8, "twin");
            session.run(twin);
        };
        switch (random / 20000 % 6) {
        case 0:
            both("DELETE FROM payments WHERE id = " + id);
            break;
        case 1:
            both("INSERT INTO payments (id, customer, amount) VALUES (" + fresh + ", 1, 17)");
            break;
        case 2:
            both("UPDATE payments SET id = " + fresh + " WHERE id = " + id);
            break;
        case 3:
            both("UPDATE payments SET note = CONCAT('u', " + std::to_string(random) + ") WHERE id = " + id);
            break;
        default:
            both("UPDATE payments SET customer = customer + 1 WHERE id = " + id);
        }
    }

    [[nodiscard]] std::int64_t differing(const std::string& amount) {
        return lab.number("SELECT (SELECT COUNT(*) FROM payments) <> (SELECT COUNT(*) FROM twin)") +
               lab.number("SELECT COUNT(*) FROM twin AS w LEFT JOIN payments AS p ON p.id = w.id WHERE p.id "
                          "IS NULL OR "
                          "NOT (p.customer <=> w.customer AND p.note <=> w.note AND (" +
                          amount + "))");
    }
};

TEST_P(CentsUnderWriters, LosesNoWriteOnTheWayThereAndBack) {
    Writers writers{lab, 3, write};
    ChangeRequest request;
    request.table.name = "payments";
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.round = Rounding::half_even;
    cents.inexact = InexactPolicy::accept;
    cents.same_name_accepted = true;
    request.conversions.push_back(cents);
    const run::Outcome swapped = lab.alter(request);
    EXPECT_EQ(swapped.state, run::JobState::swapped) << swapped.reason;
    const std::int64_t until_swap = writers.steps();
    while (writers.steps() < until_swap + 200 && writers.error().empty()) {
        std::this_thread::yield();
    }
    writers.stop();
    EXPECT_EQ(writers.error(), "");
    EXPECT_TRUE(swapped.verified);
    // the twin has euros; a row written after the swap has the number as written in both
    EXPECT_EQ(differing("p.amount = ROUND(w.amount * 100) OR p.amount = w.amount"), 0);
    EXPECT_EQ(lab.number("SELECT COUNT(*) FROM payments__tt_log"), 0);

    const run::Outcome reverted = lab.revert(swapped.job);
    EXPECT_EQ(reverted.state, run::JobState::reverted) << reverted.reason;
    EXPECT_EQ(differing("p.amount = w.amount OR p.amount = w.amount / 100"), 0);
    const run::Outcome ended = lab.finalize(swapped.job);
    EXPECT_EQ(ended.exit_code, 0) << ended.reason;
    EXPECT_EQ(lab.objects(), "payments, twin");
}

TURNTABLE_ON_BOTH_SERVERS(CentsUnderWriters);

} // namespace
} // namespace turntable::test
