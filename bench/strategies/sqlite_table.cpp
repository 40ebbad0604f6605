#include <fmt/core.h>

#include "table.hpp"

namespace turntable::bench {
namespace {

constexpr const char* columns = "(id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, amount REAL NOT NULL, "
                                "currency TEXT NOT NULL, created_at TEXT NOT NULL, note TEXT)";
constexpr const char* shadow =
    "CREATE TABLE payments_shadow (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, "
    "amount INTEGER NOT NULL, currency TEXT NOT NULL, created_at TEXT NOT NULL, note TEXT)";
constexpr const char* cents =
    "INSERT INTO payments_shadow SELECT id, account_id, CAST(round(amount * 100) AS INTEGER), "
    "currency, created_at, note FROM payments";

std::vector<std::string> indexes_on(const std::string& table) {
    return {"CREATE INDEX " + table + "_account ON " + table + " (account_id)",
            "CREATE INDEX " + table + "_created ON " + table + " (created_at)"};
}

class SqliteTable final : public Table {
  public:
    void make_base(Session& session, Rows rows) const override {
        session.run("PRAGMA journal_mode = WAL");
        session.run("DROP TABLE IF EXISTS payments_base");
        session.run(fmt::format("CREATE TABLE payments_base {}", columns));
        session.run(fmt::format("WITH RECURSIVE ids(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM ids WHERE i "
                                "< {}) INSERT INTO payments_base "
                                "SELECT i, i * 7919 % 100003, (i * 31 % 10000000) / 100.0, 'EUR', "
                                "datetime(1700000000 + i, 'unixepoch'), "
                                "'payment number ' || i || ' of the bench' FROM ids",
                                rows));
    }

    void make_fresh(Session& session) const override {
        session.run("DROP TABLE IF EXISTS payments");
        session.run(fmt::format("CREATE TABLE payments {}", columns));
        session.run("INSERT INTO payments SELECT * FROM payments_base");
        run_all(session, indexes_on("payments"));
        session.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    // The file holds both tables; half of it is payments, indexes not counted.
    Bytes data_bytes(Session& session) const override {
        return session
            .run("SELECT sum(length(currency) + length(created_at) + length(note) + 8 + 4 + 8) FROM "
                 "payments_base")
            .only_integer();
    }

    // SQLite has no ALTER TYPE: what its documentation advises instead, in one transaction.
    std::vector<Native> natives() const override {
        std::vector<std::string> rebuild{"BEGIN IMMEDIATE", shadow, cents, "DROP TABLE payments",
                                         "ALTER TABLE payments_shadow RENAME TO payments"};
        const auto after = indexes_on("payments");
        rebuild.insert(rebuild.end(), after.begin(), after.end());
        rebuild.emplace_back("COMMIT");
        std::vector<std::string> with_indexes{shadow};
        const auto indexes = indexes_on("payments_shadow");
        with_indexes.insert(with_indexes.end(), indexes.begin(), indexes.end());
        return {{"rebuild in one transaction", {}, rebuild, {}},
                {"INSERT..SELECT, indexes present", with_indexes, {cents}, {"DROP TABLE payments_shadow"}},
                {"INSERT..SELECT, no index", {shadow}, {cents}, {"DROP TABLE payments_shadow"}}};
    }

    std::vector<std::string> application_settings() const override {
        return {"PRAGMA busy_timeout = 600000", "PRAGMA synchronous = NORMAL"};
    }
    bool one_worker() const override { return true; }
};

} // namespace

std::unique_ptr<Table> make_sqlite_table() {
    return std::make_unique<SqliteTable>();
}

} // namespace turntable::bench
