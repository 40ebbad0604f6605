#pragma once
// Reads a table from the catalogue into the model. Takes ACCESS SHARE on nothing: only the catalogue is read.

#include <string>
#include <vector>

#include "plan/table.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// Stand-ins for referenced tables: the foreign keys of a clone reference them instead of the real tables.
struct StandIn {
    Oid real = 0, stand_in = 0;
    std::string schema, name; // of the real table
};

// ours: names of triggers that are not the user's. Must run in a transaction with search_path = pg_catalog.
// Throws Error{refused} for a definition that cannot be made into a template.
[[nodiscard]] Table read_table(Session& session, Oid oid, const std::vector<std::string>& ours = {},
                               const std::vector<StandIn>& stand_ins = {});

// A JSON array of strings; "" is empty.
[[nodiscard]] std::vector<std::string> strings_of_json(const std::string& text);

// One row of a result by position.
class Row {
  public:
    explicit Row(const std::vector<Cell>& cells) : cells_(cells) {}
    [[nodiscard]] const std::string& text(std::size_t n) const;
    [[nodiscard]] std::optional<std::string> cell(std::size_t n) const { return cells_.at(n); }
    [[nodiscard]] std::int64_t integer(std::size_t n) const;
    [[nodiscard]] bool truth(std::size_t n) const { return text(n) == "t"; }
    // The first character, 0 for an empty text.
    [[nodiscard]] char letter(std::size_t n) const;

  private:
    const std::vector<Cell>& cells_;
};

} // namespace turntable::postgresql
