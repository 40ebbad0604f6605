#include <fmt/core.h>

#include "table.hpp"

namespace turntable::bench {
namespace {

constexpr const char* columns =
    "id bigint NOT NULL, account_id integer NOT NULL, amount double precision NOT NULL, "
    "currency char(3) NOT NULL, created_at timestamptz NOT NULL, note text";
constexpr const char* cents =
    "INSERT INTO payments_shadow SELECT id, account_id, round(amount * 100)::bigint, "
    "currency, created_at, note FROM payments";
constexpr const char* shadow =
    "CREATE TABLE payments_shadow (id bigint NOT NULL, account_id integer NOT NULL, amount "
    "bigint NOT NULL, currency char(3) NOT NULL, created_at timestamptz NOT NULL, note text)";

std::vector<std::string> indexes_on(const std::string& table) {
    return {"ALTER TABLE " + table + " ADD PRIMARY KEY (id)",
            "CREATE INDEX " + table + "_account ON " + table + " (account_id)",
            "CREATE INDEX " + table + "_created ON " + table + " (created_at)"};
}

class PostgresqlTable final : public Table {
  public:
    void make_base(Session& session, Rows rows) const override {
        session.run("DROP TABLE IF EXISTS payments_base");
        session.run(fmt::format("CREATE TABLE payments_base ({})", columns));
        session.run(fmt::format(
            "INSERT INTO payments_base SELECT i, (i * 7919 % 100003)::integer, (i * 31 % 10000000) / 100.0, "
            "'EUR', "
            "timestamptz '2024-01-01' + i * interval '1 second', 'payment number ' || i || ' of the bench' "
            "FROM generate_series(1, {}::bigint) i",
            rows));
        session.run("VACUUM (FREEZE, ANALYZE) payments_base");
    }

    void make_fresh(Session& session) const override {
        session.run("DROP TABLE IF EXISTS payments");
        session.run(fmt::format("CREATE TABLE payments ({})", columns));
        session.run("INSERT INTO payments SELECT * FROM payments_base");
        run_all(session, indexes_on("payments"));
        session.run("VACUUM (ANALYZE) payments");
        session.run("CHECKPOINT");
    }

    Bytes data_bytes(Session& session) const override {
        return session.run("SELECT pg_table_size('payments')").only_integer();
    }

    std::vector<Native> natives() const override {
        std::vector<std::string> with_indexes{shadow};
        const auto indexes = indexes_on("payments_shadow");
        with_indexes.insert(with_indexes.end(), indexes.begin(), indexes.end());
        return {{"native ALTER",
                 {},
                 {"ALTER TABLE payments ALTER COLUMN amount TYPE bigint USING round(amount * 100)::bigint"},
                 {}},
                {"INSERT..SELECT, indexes present", with_indexes, {cents}, {"DROP TABLE payments_shadow"}},
                {"INSERT..SELECT, no index", {shadow}, {cents}, {"DROP TABLE payments_shadow"}}};
    }

    std::vector<std::string> application_settings() const override {
        return {"SET search_path = public", "SET lock_timeout = 0", "SET statement_timeout = 0"};
    }
};

} // namespace

std::unique_ptr<Table> make_postgresql_table() {
    return std::make_unique<PostgresqlTable>();
}

} // namespace turntable::bench
