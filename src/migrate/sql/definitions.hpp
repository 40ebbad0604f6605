#pragma once
// Columns, constraints and indexes as CREATE TABLE and ALTER TABLE of MySQL, MariaDB and SQLite write them.
// Throws NotUnderstood.

#include <string>
#include <vector>

#include "migrate/sql/cursor.hpp"
#include "migrate/sql/statement.hpp"

namespace turntable::migrate {

[[nodiscard]] SqlAction action_of(ActionKind kind, std::string name = {});

// From the name on, up to what is no attribute of a column. constraints: those written into it are added.
[[nodiscard]] SqlColumn read_column(SqlCursor& cursor, const TableName& table,
                                    std::vector<SqlAction>& constraints);

// "(a, b(10) desc, (lower(c)))": the columns; an expression is "(…)".
[[nodiscard]] std::vector<std::string> read_keys(SqlCursor& cursor);

// A constraint or index of a table begins here, not a column.
[[nodiscard]] bool sees_table_part(const SqlCursor& cursor);
[[nodiscard]] SqlAction read_table_part(SqlCursor& cursor, const TableName& table);

// "(column, …, constraint, …)" of CREATE TABLE, into action.columns and action.parts.
void read_table_elements(SqlCursor& cursor, SqlAction& action);

// Everything an UPDATE sets: into keys; scaled and name if a column becomes itself times a number.
void read_assignments(SqlCursor& cursor, SqlAction& action);

} // namespace turntable::migrate
