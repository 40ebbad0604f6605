#pragma once
// What a statement of SQL does to the schema and the data, as far as rules about safety ask: one shape for
// all flavours and for typed operations. Names are as the server will know them: folded where it folds,
// without quotes.

#include <optional>
#include <string>
#include <vector>

#include "migrate/sql/flavor.hpp"
#include "migrate/sql/split.hpp"
#include "turntable/change.hpp"

namespace turntable::migrate {

enum class DefaultKind {
    none,
    constant, // the same for every row: a literal, or a moment of the statement
    varying,  // another value per row: random(), nextval(), an unknown function
};

struct SqlColumn {
    std::string name;
    std::string type;                   // lower case, one word for the aliases of one type: "int4" -> "int"
    std::vector<std::string> arguments; // of the type: length, precision, the values of an enum
    bool array = false;
    bool not_null = false;
    bool primary_key = false;
    bool unique = false;
    bool check = false;
    bool references = false;
    bool auto_number = false; // serial, identity, auto_increment
    bool stored = false;      // generated and stored
    bool generated = false;
    DefaultKind default_kind = DefaultKind::none;
    std::string default_text; // of a literal; "current_timestamp" for a moment; "(…)" for another expression
    std::string charset;
};

enum class ActionKind {
    create_table,
    drop_table,
    rename_table,
    add_column,
    drop_column,
    rename_column,
    change_type, // also MODIFY and CHANGE
    set_not_null,
    drop_not_null,
    set_default,
    drop_default,
    add_primary_key,
    add_unique,
    add_check,
    add_foreign_key,
    add_exclusion,
    validate_constraint,
    drop_constraint,
    drop_foreign_key,
    drop_primary_key,
    create_index,
    drop_index,
    reindex,
    option, // of a table: name and to
    algorithm_clause,
    lock_clause,
    lock_table,
    attach_partition,
    detach_partition,
    change_partitions,
    drop_partition,
    rewrite_table, // VACUUM FULL, CLUSTER, OPTIMIZE, SET LOGGED, …: name says which
    create_enum,
    add_enum_value,
    rename_enum_value,
    create_domain, // also ALTER DOMAIN … ADD
    create_other,
    drop_other,
    drop_schema, // or a database
    rename_other,
    alter_other,
    truncate,
    insert,
    update,
    remove, // DELETE
    merge,
    select,
    begin,
    commit, // or rollback, savepoint
    set_variable,
    privilege,
    opaque,      // does what its text does not show: name says why
    unsupported, // the engine has no such statement: name says which
};

struct SqlAction {
    ActionKind kind = ActionKind::opaque;
    TableName object;               // the table; of drop_index, create_enum, … the thing itself
    std::string name;               // column, index, constraint, option, variable, value
    std::string to;                 // the new name, or the value
    SqlColumn column;               // add_column, change_type
    std::vector<SqlColumn> columns; // create_table
    std::vector<SqlAction> parts;   // create_table: constraints and indexes, those of its columns too
    std::vector<std::string> keys;  // columns of an index or constraint; an expression is "(…)"
    TableName references;
    std::vector<std::string> referenced; // columns of the parent, if they are named
    bool concurrently = false, if_exists = false, if_not_exists = false, or_replace = false, cascade = false;
    bool unique = false, partial = false, not_valid = false, using_index = false, temporary = false;
    bool where = false, limit = false, positioned = false; // FIRST or AFTER
    bool scaled = false;    // a column becomes itself times or divided by a number
    bool converted = false; // typed: with a checked conversion of values
};

struct SqlStatement {
    std::string text;
    int line = 1; // in the file
    std::vector<SqlAction> actions;
    std::string error; // does not parse: why
};

// Never throws for what a statement says: what is not understood becomes an opaque action or an error.
[[nodiscard]] SqlStatement read_statement(const SqlPiece& piece, SqlFlavor flavor);

[[nodiscard]] std::vector<SqlAction> read_postgresql(const std::string& sql, std::string& error);
[[nodiscard]] std::vector<SqlAction> read_mysql(const std::string& sql, SqlFlavor flavor, std::string& error);
[[nodiscard]] std::vector<SqlAction> read_sqlite(const std::string& sql, std::string& error);

// One name for the spellings of a type, lower case: "int4", "integer", "pg_catalog.int4" -> "int".
[[nodiscard]] std::string canonical_type(const std::string& type);
// A call of this function gives one value per statement; else maybe one per row.
[[nodiscard]] bool is_moment_function(const std::string& name);
// Changes the structure of something that was there before or not; queries and DML do not.
[[nodiscard]] bool is_schema_change(ActionKind kind);
[[nodiscard]] bool is_data_change(ActionKind kind);

} // namespace turntable::migrate
