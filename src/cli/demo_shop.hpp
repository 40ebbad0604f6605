#pragma once
// The shop of the demo: an SQLite database with payments, the transactions of its application, and an
// independent account of the truth. Only ordinary SQL of an application is here, none of turntable's.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "turntable/engine.hpp"

namespace turntable::cli {

// The two shapes of the table that the application knows: money as a float, money as integer cents.
enum class Shape { amount, amount_cents };

class Shop {
  public:
    explicit Shop(const std::filesystem::path& database);

    // Makes the file: `payments` with so many rows, one in a thousand of them with a fraction of a cent, and
    // `truth` with the same amounts as whole thousandths. The application writes both in one transaction.
    void create(Rows rows);

    enum class Deed { insert, update, erase };
    struct Order {
        Deed deed = Deed::update;
        std::int64_t id = 0; // of an existing or a vanished row; insert: unused
        std::int64_t cents = 0;
    };
    // One transaction of the application, written for this shape. Throws DatabaseError{no_such_object} when
    // the table has the other one.
    void transact(const Order& order, Shape shape);

    [[nodiscard]] Rows rows();
    [[nodiscard]] Rows fractional_rows();
    // The shape the table has now.
    [[nodiscard]] Shape shape();
    // Rows in which payments differ from the truth: missing, extra, or another amount. One statement, one
    // snapshot.
    [[nodiscard]] Rows rows_wrong(Shape shape);
    // How many rows two usual conversions would get wrong by a cent.
    struct Naive {
        Rows truncated = 0, float_rounded = 0;
    };
    [[nodiscard]] Naive naive_conversions();
    // One of the rows with a fraction of a cent that no transaction has changed, as the table shows it.
    [[nodiscard]] std::string untouched_fraction(Shape shape);
    // The definition of payments and its indexes, as the catalogue has it.
    [[nodiscard]] std::string definition();

  private:
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Session> session_;
};

} // namespace turntable::cli
