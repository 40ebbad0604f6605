#include "cli/demo_shop.hpp"

#include <fstream>

#include "turntable/engines.hpp"
#include "turntable/url.hpp"

namespace turntable::cli {
namespace {

// Every thousandth payment has a fraction of a cent, the rest are whole cents.
constexpr const char* fill_payments = R"(
    WITH RECURSIVE
        hard(n, thousandths) AS (VALUES (0, 1005), (1, 285), (2, 2675), (3, 1115), (4, 8325), (5, 10075), (6, 145)),
        ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ?)
    INSERT INTO truth (id, thousandths)
    SELECT id, CASE WHEN id % 1000 = 0 THEN (SELECT thousandths FROM hard WHERE n = id / 1000 % 7)
                    ELSE (id * 7919 % 1000000 + 1) * 10 END
    FROM ids)";

// The division gives the float nearest to the decimal.
constexpr const char* copy_truth = R"(
    INSERT INTO payments (id, account, amount, paid_at)
    SELECT id, id * 31 % 50000, thousandths / 1000.0, datetime(1700000000 + id, 'unixepoch') FROM truth)";

Statement plain(std::string sql, std::vector<Value> arguments = {}) {
    return Statement{std::move(sql), std::move(arguments), {}, Blocks::nobody};
}

// The application's statements. It keeps floats exact to the thousandth, and knows that the change rounds
// half up.
struct DeedSql {
    const char* payments;
    const char* truth;
};

DeedSql sql_of(Shop::Deed deed, Shape shape) {
    const bool floats = shape == Shape::amount;
    switch (deed) {
    case Shop::Deed::insert:
        return {floats ? "INSERT INTO payments (account, amount, paid_at) VALUES (?2, ?1 / 100.0, datetime())"
                       : "INSERT INTO payments (account, amount_cents, paid_at) VALUES (?2, ?1, datetime())",
                "INSERT INTO truth (id, thousandths) VALUES (last_insert_rowid(), ?1 * 10)"};
    case Shop::Deed::update:
        return {
            floats
                ? "UPDATE payments SET amount = (CAST(round(amount * 1000) AS INTEGER) + ?1 * 10) / 1000.0 "
                  "WHERE id = ?2"
                : "UPDATE payments SET amount_cents = amount_cents + ?1 WHERE id = ?2",
            floats ? "UPDATE truth SET thousandths = thousandths + ?1 * 10 WHERE id = ?2"
                   : "UPDATE truth SET thousandths = ((thousandths + 5) / 10 + ?1) * 10 WHERE id = ?2"};
    case Shop::Deed::erase:
        return {floats ? "DELETE FROM payments WHERE id = ?1 AND amount IS NOT NULL"
                       : "DELETE FROM payments WHERE id = ?1 AND amount_cents IS NOT NULL",
                "DELETE FROM truth WHERE id = ?1"};
    }
    check(false, "unknown Deed");
    return {};
}

std::vector<Value> arguments_of(const Shop::Order& order, const char* sql) {
    switch (order.deed) {
    case Shop::Deed::insert:
        // The truth's insert takes the amount alone.
        return std::string_view{sql}.find("?2") == std::string_view::npos
                   ? std::vector<Value>{order.cents}
                   : std::vector<Value>{order.cents, order.id % 50000};
    case Shop::Deed::update:
        return {order.cents, order.id};
    case Shop::Deed::erase:
        return {order.id};
    }
    check(false, "unknown Deed");
    return {};
}

} // namespace

Shop::Shop(const std::filesystem::path& database) {
    if (!std::filesystem::exists(database)) {
        std::ofstream{database}.flush(); // an empty file is an empty database
    }
    Url url;
    url.scheme = "sqlite";
    url.database = database.string();
    engine_ = make_engine(url);
    session_ = engine_->open(SessionUse::control);
    // What an ordinary application sets: it waits for locks as SQLite itself does.
    session_->run("PRAGMA busy_timeout = 10000");
    session_->run("PRAGMA synchronous = NORMAL");
}

void Shop::create(Rows rows) {
    session_->run("PRAGMA journal_mode = WAL");
    Transaction transaction{*session_, TxMode::write};
    session_->run(
        "CREATE TABLE payments (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, amount REAL NOT NULL, "
        "paid_at TEXT NOT NULL)");
    session_->run("CREATE TABLE truth (id INTEGER PRIMARY KEY, thousandths INTEGER NOT NULL)");
    session_->run(plain(fill_payments, {rows}));
    session_->run(copy_truth);
    session_->run("CREATE INDEX payments_account ON payments (account)");
    transaction.commit();
    session_->run("PRAGMA wal_checkpoint(TRUNCATE)");
}

void Shop::transact(const Order& order, Shape shape) {
    const DeedSql sql = sql_of(order.deed, shape);
    Transaction transaction{*session_, TxMode::write};
    session_->run(plain(sql.payments, arguments_of(order, sql.payments)));
    session_->run(plain(sql.truth, arguments_of(order, sql.truth)));
    transaction.commit();
}

Rows Shop::rows() {
    return session_->run("SELECT count(*) FROM payments").only_integer();
}

Rows Shop::fractional_rows() {
    return session_->run("SELECT count(*) FROM truth WHERE thousandths % 10 <> 0").only_integer();
}

Shape Shop::shape() {
    const auto found =
        session_->run("SELECT count(*) FROM pragma_table_info('payments') WHERE name = 'amount_cents'");
    return found.only_integer() == 0 ? Shape::amount : Shape::amount_cents;
}

Rows Shop::rows_wrong(Shape shape) {
    const std::string same = shape == Shape::amount ? "p.amount = t.thousandths / 1000.0"
                                                    : "p.amount_cents = (t.thousandths + 5) / 10";
    return session_
        ->run(
            "SELECT (SELECT count(*) FROM truth t LEFT JOIN payments p ON p.id = t.id WHERE NOT (" + same +
            ") OR p.id IS NULL) + (SELECT count(*) FROM payments p WHERE p.id NOT IN (SELECT id FROM truth))")
        .only_integer();
}

Shop::Naive Shop::naive_conversions() {
    const ResultSet found =
        session_->run("SELECT total(CAST(p.amount * 100 AS INTEGER) <> (t.thousandths + 5) / 10), "
                      "total(CAST(round(p.amount * 100) AS INTEGER) <> (t.thousandths + 5) / 10) "
                      "FROM payments p JOIN truth t ON t.id = p.id");
    const auto whole = [](const Cell& cell) { return static_cast<Rows>(std::stod(cell.value())); };
    return {whole(found.rows.at(0).at(0)), whole(found.rows.at(0).at(1))};
}

std::string Shop::untouched_fraction(Shape shape) {
    const char* const column = shape == Shape::amount ? "amount" : "amount_cents";
    return session_
        ->run(std::string{"SELECT "} + column +
              " FROM payments JOIN truth USING (id) WHERE thousandths = 1005 AND id % 7000 = 0 ORDER BY id "
              "LIMIT 1")
        .only()
        .value();
}

std::string Shop::definition() {
    return session_
        ->run("SELECT group_concat(sql, '; ') FROM (SELECT sql FROM sqlite_schema WHERE tbl_name = "
              "'payments' ORDER BY type DESC, name)")
        .only()
        .value();
}

} // namespace turntable::cli
