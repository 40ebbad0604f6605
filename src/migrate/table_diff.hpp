#pragma once
// Operations that make one table of another. Pure.

#include <optional>
#include <string>
#include <vector>

#include "migrate/operations.hpp"

namespace turntable::migrate {

struct TableSteps {
    std::vector<Operation> operations;
    std::vector<std::string> notes;
};
[[nodiscard]] TableSteps table_steps(const TableDescription& from, const TableDescription& to);

// The operation of a new table; nullopt where create_table cannot say all of it. sql: as dump() has it.
[[nodiscard]] std::optional<NewTable> new_table(const TableName& name, const TableDescription& table,
                                                const std::string& sql, const std::string& engine);

} // namespace turntable::migrate
