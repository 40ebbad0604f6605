#pragma once
// What is asked of a table: the engine's own ALTER clauses, conversions, and typed operations. They combine.
// Nothing here knows an engine; an engine's planner lowers it.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace turntable {

// schema is empty where the engine has none (SQLite) or for the default one.
struct TableName {
    std::string schema;
    std::string name;
    bool operator==(const TableName&) const = default;
    [[nodiscard]] std::string display() const { return schema.empty() ? name : schema + "." + name; }
};

enum class Rounding { half_even, half_up, half_down, up, down, ceiling, floor, exact_only };
enum class InexactPolicy { fail, report, accept, quarantine };
enum class BadValuePolicy { fail, null, quarantine };

// One `--convert COLUMN=RULE[,key=value…]` or `convert = {…}`; docs/conversions.md has the vocabulary.
struct Conversion {
    std::string column;
    std::string rule;         // "cents", "minor_units", "using", …
    std::optional<int> scale; // decimal digits of the minor unit; cents: 2
    std::optional<Rounding>
        round; // no default: needed as soon as the probe finds values below the minor unit
    InexactPolicy inexact = InexactPolicy::fail;
    std::optional<std::string> into; // new column name, renamed in the same pass
    bool keep = false;               // with into: the old column stays until finalize
    bool same_name_accepted = false; // same_name=accept: a change of unit under an unchanged name
    BadValuePolicy nan = BadValuePolicy::fail;
    BadValuePolicy overflow = BadValuePolicy::fail;
    std::optional<std::string> replacement; // the value a quarantined row takes
    std::optional<std::string> type;    // target type, neutral or the engine's own; the rule has a default
    std::optional<std::string> expr;    // rule using: SQL over the source's columns
    std::optional<std::string> inverse; // rule using: SQL over the shadow's columns
    std::map<std::string, std::string> extra; // parameters of one rule only: format, unit, map, …
};

// Typed operations on one table. `type` is a neutral type ("int64", "decimal(12,2)", "text", "timestamptz",
// …, docs/conversions.md) or the engine's own text.
struct AddColumn {
    std::string column, type;
    bool nullable = true;
    std::optional<std::string> default_sql;
};
struct DropColumn {
    std::string column;
};
struct RenameColumn {
    std::string column, to;
};
struct ChangeColumn {
    std::string column, type;
    std::optional<bool> nullable;
    std::optional<Conversion> convert;
    std::optional<std::string> default_sql;
};
struct SetNotNull {
    std::string column;
    std::optional<std::string> fill_sql;    // value of the rows that are NULL now
    std::optional<std::string> default_sql; // guards future inserts
};
struct DropNotNull {
    std::string column;
};
struct SetDefault {
    std::string column, default_sql;
};
struct DropDefault {
    std::string column;
};
struct AddCheck {
    std::string name, expression;
};
struct AddUnique {
    std::string name;
    std::vector<std::string> columns;
};
struct AddForeignKey {
    std::string name;
    std::vector<std::string> columns;
    TableName references;
    std::vector<std::string> referenced_columns;
    std::string on_delete, on_update; // "", "cascade", "set null", "restrict", "no action", "set default"
};
// A CHECK, UNIQUE or FOREIGN KEY constraint by name.
struct DropConstraint {
    std::string name;
    bool foreign_key = false; // known to be one: drop_foreign_key
};
struct AddIndex {
    std::string name;
    std::vector<std::string> columns; // column names, or expressions in parentheses; may end in " desc"
    bool unique = false;
    std::optional<std::string> where;
};
struct DropIndex {
    std::string name;
};
// In place of the one that is there, if there is one.
struct SetPrimaryKey {
    std::vector<std::string> columns;
};
// The columns stay, and stay NOT NULL where the engine has them so.
struct DropPrimaryKey {};

using Operation = std::variant<AddColumn, DropColumn, RenameColumn, ChangeColumn, SetNotNull, DropNotNull,
                               SetDefault, DropDefault, AddCheck, AddUnique, AddForeignKey, DropConstraint,
                               AddIndex, DropIndex, SetPrimaryKey, DropPrimaryKey>;

struct ChangeRequest {
    TableName table;
    std::vector<std::string> alter_clauses; // in order, each may hold several clauses separated by commas
    std::vector<Conversion> conversions;
    std::vector<Operation> operations; // run after the clauses
};

} // namespace turntable
