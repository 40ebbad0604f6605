#include <fmt/core.h>

#include "table.hpp"

namespace turntable::bench {
namespace {

constexpr const char* columns =
    "(id BIGINT NOT NULL PRIMARY KEY, account_id INT NOT NULL, amount DOUBLE NOT NULL, "
    "currency CHAR(3) NOT NULL, created_at DATETIME NOT NULL, note VARCHAR(100)";
constexpr const char* shadow_columns =
    "(id BIGINT NOT NULL PRIMARY KEY, account_id INT NOT NULL, amount BIGINT NOT "
    "NULL, currency CHAR(3) NOT NULL, created_at DATETIME NOT NULL, note VARCHAR(100)";
constexpr const char* keys = ", KEY account (account_id), KEY created (created_at)";
constexpr const char* cents =
    "INSERT INTO payments_shadow SELECT id, account_id, CAST(ROUND(amount * 100) AS SIGNED), "
    "currency, created_at, note FROM payments";

class MysqlTable final : public Table {
  public:
    void make_base(Session& session, Rows rows) const override {
        session.run("DROP TABLE IF EXISTS payments_base");
        session.run(fmt::format("CREATE TABLE payments_base {}) ENGINE=InnoDB", columns));
        constexpr Rows batch = 100'000;
        for (Rows first = 0; first < rows; first += batch) {
            session.run(fmt::format("INSERT INTO payments_base WITH digits AS (SELECT 0 AS d UNION ALL "
                                    "SELECT 1 UNION ALL SELECT 2 UNION "
                                    "ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 "
                                    "UNION ALL SELECT 7 UNION ALL "
                                    "SELECT 8 UNION ALL SELECT 9), ids AS (SELECT {} + 1 + a.d + 10 * b.d + "
                                    "100 * c.d + 1000 * e.d + "
                                    "10000 * f.d AS i FROM digits a, digits b, digits c, digits e, digits f) "
                                    "SELECT i, i * 7919 % 100003, "
                                    "(i * 31 % 10000000) / 100.0, 'EUR', '2024-01-01' + INTERVAL i SECOND, "
                                    "CONCAT('payment number ', i, "
                                    "' of the bench') FROM ids WHERE i <= {} ORDER BY i",
                                    first, rows));
        }
    }

    void make_fresh(Session& session) const override {
        session.run("DROP TABLE IF EXISTS payments");
        session.run(fmt::format("CREATE TABLE payments {}) ENGINE=InnoDB", columns));
        session.run("INSERT INTO payments SELECT * FROM payments_base");
        session.run("ALTER TABLE payments ADD KEY account (account_id), ADD KEY created (created_at)");
        session.run("ANALYZE TABLE payments");
    }

    Bytes data_bytes(Session& session) const override {
        return session
            .run("SELECT CAST(data_length AS SIGNED) FROM information_schema.tables WHERE table_schema = "
                 "DATABASE() AND "
                 "table_name = 'payments'")
            .only_integer();
    }

    // MODIFY keeps the values (17.08 becomes 17): the server's own work is the same as for cents.
    std::vector<Native> natives() const override {
        const std::string make = fmt::format("CREATE TABLE payments_shadow {}", shadow_columns);
        return {
            {"native ALTER, ALGORITHM=COPY",
             {},
             {"ALTER TABLE payments MODIFY amount DECIMAL(12,2) NOT NULL, ALGORITHM=COPY"},
             {}},
            {"INSERT..SELECT, indexes present", {make + keys + ")"}, {cents}, {"DROP TABLE payments_shadow"}},
            {"INSERT..SELECT, no index", {make + ")"}, {cents}, {"DROP TABLE payments_shadow"}}};
    }

    std::vector<std::string> application_settings() const override {
        return {"SET SESSION lock_wait_timeout = 3600", "SET SESSION innodb_lock_wait_timeout = 3600"};
    }
};

} // namespace

std::unique_ptr<Table> make_mysql_table() {
    return std::make_unique<MysqlTable>();
}

} // namespace turntable::bench
