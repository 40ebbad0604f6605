#pragma once
// ALTER TABLE of MySQL and MariaDB, and the options of a table. Throws NotUnderstood.

#include <vector>

#include "migrate/sql/cursor.hpp"
#include "migrate/sql/statement.hpp"

namespace turntable::migrate {

// Right behind ALTER TABLE.
[[nodiscard]] std::vector<SqlAction> read_mysql_alter(SqlCursor& cursor);

// ENGINE=…, CHARSET=…, … as actions of kind option; false if none begins here.
[[nodiscard]] bool read_table_option(SqlCursor& cursor, const TableName& table,
                                     std::vector<SqlAction>& actions);

} // namespace turntable::migrate
