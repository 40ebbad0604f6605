#pragma once
// Follows the source's columns through the clause lists: for each column of the result, the column it came
// from.

#include <optional>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "clauses.hpp"

namespace turntable::mysql {

struct TracedColumn {
    std::string name;
    std::optional<std::string> origin; // column of the source; nullopt: added
};

// Each list is one ALTER TABLE; inside one list names mean the columns as they were before it.
// Throws Error{usage, "unknown_column"}.
[[nodiscard]] std::vector<TracedColumn> trace_columns(const Table& source,
                                                      const std::vector<std::vector<Clause>>& lists);

} // namespace turntable::mysql
