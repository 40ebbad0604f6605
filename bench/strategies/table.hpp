#pragma once
// The table that strategies are compared on, per database: `payments` with a key, a float amount, two
// secondary indexes, and about 100 bytes a row. `payments_base` keeps the rows, so that every run starts from
// an equal table.

#include <memory>
#include <string>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::bench {

// A blocking way to the same result, to compare with: statements that are timed, and some to clean up after
// them.
struct Native {
    std::string name;
    std::vector<std::string> before; // not timed
    std::vector<std::string> timed;
    std::vector<std::string> after; // not timed
};

class Table {
  public:
    virtual ~Table() = default;
    // payments_base with so many rows, unless it is there already.
    virtual void make_base(Session& session, Rows rows) const = 0;
    // payments as a new, indexed, analysed copy of payments_base.
    virtual void make_fresh(Session& session) const = 0;
    [[nodiscard]] virtual Bytes data_bytes(Session& session) const = 0;
    [[nodiscard]] virtual std::vector<Native> natives() const = 0;
    // What the session of an application sets, after ours has pinned its own: it waits for locks as long as
    // it takes.
    [[nodiscard]] virtual std::vector<std::string> application_settings() const = 0;
    // Engines that copy with one session whatever --workers says.
    [[nodiscard]] virtual bool one_worker() const { return false; }
};

// For the engine's name; throws Error{usage}.
[[nodiscard]] std::unique_ptr<Table> make_table(std::string_view engine);
[[nodiscard]] std::unique_ptr<Table> make_postgresql_table();
[[nodiscard]] std::unique_ptr<Table> make_sqlite_table();
[[nodiscard]] std::unique_ptr<Table> make_mysql_table();

void run_all(Session& session, const std::vector<std::string>& statements);

} // namespace turntable::bench
