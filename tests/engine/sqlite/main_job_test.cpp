// The main job: float to cents under live writers, forward and back.
#include <gtest/gtest.h>

#include "support.hpp"

namespace turntable::test {
namespace {

// Amounts with two decimals, so that plain SQL arithmetic can serve as the oracle.
constexpr const char* payments = R"(
    CREATE TABLE accounts(id INTEGER PRIMARY KEY, owner TEXT);
    INSERT INTO accounts SELECT value, 'o' || value FROM generate;
    CREATE TABLE payments(
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
        account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
        ref TEXT NOT NULL UNIQUE,
        amount REAL NOT NULL CHECK (amount > -1e12),
        note TEXT COLLATE NOCASE DEFAULT 'none'
    );
    CREATE INDEX payments_account ON payments(account, note);
    CREATE TABLE twin(id INTEGER PRIMARY KEY, account INTEGER, ref TEXT NOT NULL UNIQUE, amount REAL, note TEXT DEFAULT 'none');
    CREATE TABLE audit(id INTEGER PRIMARY KEY, payment INTEGER);
    CREATE TRIGGER payments_audit AFTER DELETE ON payments BEGIN INSERT INTO audit(payment) VALUES (OLD.id); END;
    CREATE TABLE refunds(id INTEGER PRIMARY KEY, payment INTEGER REFERENCES payments(id));
    CREATE VIEW latest AS SELECT id, ref FROM payments ORDER BY id DESC LIMIT 10;
)";

void make_payments(Application& app, const char* journal_mode, int rows) {
    app.run(std::string{"PRAGMA journal_mode = "} + journal_mode);
    app.run("CREATE VIEW generate AS WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n "
            "WHERE "
            "value < 50) SELECT value FROM n");
    app.run(payments);
    app.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
            std::to_string(rows) +
            ") INSERT INTO payments(account, ref, amount, note) SELECT 1 + i % 50, 'r' || i, (i * 7919 % "
            "1000003) / 100.0, "
            "CASE WHEN i % 3 = 0 THEN NULL ELSE 'Note ' || i END FROM n");
    app.run("INSERT INTO twin SELECT id, account, ref, amount, note FROM payments");
}

// One write of every kind in turn, on one of the two tables: {t} the table, {a} its amount, {v} the value in
// its unit.
std::string write_on(const std::string& table, bool cents, int n, const std::string& key,
                     const std::string& other) {
    static const char* const kinds[] = {
        "INSERT INTO {t}(id, account, ref, {a}) VALUES (100000 + {n}, 1 + {n} % 50, 'w{n}', {v})",
        "UPDATE {t} SET {a} = {v}, note = 'u' WHERE id = {k}", "DELETE FROM {t} WHERE id = {k}",
        // evicts the row of that ref through the UNIQUE index
        "INSERT OR REPLACE INTO {t}(id, account, ref, {a}) SELECT 200000 + {n}, account, ref, {v} FROM {t} "
        "WHERE id = {k}",
        "UPDATE {t} SET id = 300000 + {n} WHERE id = {k}",
        "INSERT INTO {t}(id, account, ref, {a}) VALUES ({k}, 7, 'x{n}', {v}) ON CONFLICT(id) DO UPDATE SET "
        "note = 'up'",
        "UPDATE OR REPLACE {t} SET ref = (SELECT ref FROM {t} WHERE id = {o}) WHERE id = {k}",
        "UPDATE {t} SET ref = CASE id WHEN {k} THEN 'swap' || ref ELSE ref END WHERE id IN ({k}, {o})",
        "UPDATE {t} SET {a} = round({a} + {v}, 2) WHERE id BETWEEN {k} AND {k} + 20"};
    std::string sql = kinds[n % 9];
    const std::string value = std::to_string((n * 31) % 5000) + (cents ? "" : " / 100.0");
    for (const auto& [mark, text] : {std::pair{"{t}", table},
                                     {"{a}", std::string{cents ? "amount_cents" : "amount"}},
                                     {"{v}", value},
                                     {"{n}", std::to_string(n)},
                                     {"{k}", key},
                                     {"{o}", other}}) {
        for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark)) {
            sql.replace(at, 3, text);
        }
    }
    return sql + ";";
}

// The same write on the table and on its twin, in one transaction. The application reads the shape that it
// finds, as one that was deployed for both shapes does.
void write_both(Application& app, int n) {
    static std::atomic<int> serial{0};
    const int id = serial++;
    app.run("BEGIN IMMEDIATE");
    const bool cents =
        app.query("SELECT count(*) FROM pragma_table_info('payments') WHERE name = 'amount_cents'") == "1";
    const auto pick = [&](std::int64_t from) {
        const std::string key = app.query("SELECT id FROM twin WHERE id >= " + std::to_string(from % 3500) +
                                          " ORDER BY id LIMIT 1");
        return key.empty() ? std::string{"1"} : key;
    };
    const std::string key = pick(id * std::int64_t{7919});
    const std::string other = pick(id * std::int64_t{104729} + 13);
    EXPECT_EQ(app.attempt("SAVEPOINT s;" + write_on("payments", cents, id, key, other) +
                          write_on("twin", false, id, key, other) + "RELEASE s;"),
              "");
    app.run(n % 11 == 10 ? "ROLLBACK" : "COMMIT");
}

constexpr const char* difference = "SELECT count(*) FROM (SELECT * FROM (SELECT id, account, ref, "
                                   "amount_cents, note FROM payments EXCEPT SELECT id, "
                                   "account, ref, CAST(round(amount * 100) AS INTEGER), note FROM twin) "
                                   "UNION ALL SELECT * FROM (SELECT id, account, ref, "
                                   "CAST(round(amount * 100) AS INTEGER), note FROM twin EXCEPT SELECT id, "
                                   "account, ref, amount_cents, note FROM payments))";
constexpr const char* difference_old =
    "SELECT count(*) FROM (SELECT * FROM (SELECT id, account, ref, round(amount, 2), note FROM payments "
    "EXCEPT SELECT id, account, "
    "ref, round(amount, 2), note FROM twin) UNION ALL SELECT * FROM (SELECT id, account, ref, round(amount, "
    "2), note FROM twin EXCEPT SELECT "
    "id, account, ref, round(amount, 2), note FROM payments))";

class MainJob : public testing::TestWithParam<const char*> {};

TEST_P(MainJob, converts_to_cents_and_back_under_live_writers_losing_no_write) {
    const ScratchFile file;
    Application app{file.path()};
    make_payments(app, GetParam(), 3000);
    const std::string schema =
        app.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
    Change change{file.path(), to_cents("payments", "amount", "amount_cents")};
    ASSERT_EQ(change.blueprint().strategy, Strategy::shadow);
    {
        Writer writer{file.path(), write_both};
        change.between_chunks = [&] { writer.wait_for(3); };
        change.run();
        if (HasFatalFailure()) {
            return;
        }
        writer.wait_for(30);
    }
    EXPECT_EQ(app.query(difference), "0");
    EXPECT_EQ(app.query("SELECT count(*) FROM payments"), app.query("SELECT count(*) FROM twin"));
    EXPECT_EQ(app.query("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(app.query("PRAGMA foreign_key_check(refunds)"), "");
    {
        Writer writer{file.path(), write_both};
        writer.wait_for(40);
        EXPECT_TRUE(change.engine().swapper().probe_revert(change.session(), change.blueprint(), 10).empty());
        EXPECT_TRUE(change.replay(Direction::back).clashes.empty());
        SwapOutcome outcome = change.swap(Direction::back);
        ASSERT_EQ(outcome.kind, SwapOutcome::Kind::done) << outcome.drift.reason;
        writer.wait_for(20);
    }
    EXPECT_EQ(app.query(difference_old), "0");
    EXPECT_EQ(change.unexpected(Planner::Moment::reverted), std::vector<std::string>{});
    change.finalize(Direction::back);
    EXPECT_EQ(app.query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"), schema);
    EXPECT_EQ(change.unexpected(Planner::Moment::aborted), std::vector<std::string>{});
    EXPECT_EQ(app.query("PRAGMA integrity_check"), "ok");
}

INSTANTIATE_TEST_SUITE_P(JournalModes, MainJob, testing::Values("wal", "delete"),
                         [](const auto& mode) { return std::string{mode.param}; });

} // namespace
} // namespace turntable::test
