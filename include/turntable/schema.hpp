#pragma once
// Whole tables as values, and the part of an engine that writes and reads them: what versioned migrations
// need besides a change of one table (engine.hpp). A SchemaDialect writes statements and reads the catalogue;
// it changes nothing by itself.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "turntable/change.hpp"
#include "turntable/session.hpp"
#include "turntable/units.hpp"

namespace turntable {

struct NewColumn {
    std::string name;
    std::string type; // neutral or the engine's own text
    bool nullable = true;
    bool identity = false; // the server numbers the rows; the column is the primary key
    std::optional<std::string> default_sql;
};

struct NewTable {
    TableName name;
    std::vector<NewColumn> columns;
    std::vector<std::string> primary_key;
    std::vector<AddUnique> uniques;
    std::vector<AddCheck> checks;
    std::vector<AddForeignKey> foreign_keys;
    std::vector<AddIndex> indexes;
};

// A table as the catalogue has it, in the words of operations that would make its parts again.
struct DescribedColumn {
    std::string name, type; // the engine's own words
    bool nullable = true;
    std::optional<std::string> default_sql; // an expression
    bool plain = true;                      // false: generated or numbered by the server
};
struct DescribedConstraint {
    std::string name;
    Operation again; // AddCheck, AddUnique or AddForeignKey
};
struct TableDescription {
    std::vector<DescribedColumn> columns;
    std::vector<std::string> primary_key;
    std::vector<AddIndex> indexes; // without those of constraints, and without what AddIndex cannot say
    std::vector<DescribedConstraint> constraints;

    [[nodiscard]] const DescribedColumn* column(std::string_view name) const;
};

// Anything a user's schema has: a table with its indexes and constraints, a view, a routine, … in a text that
// is the same for the same thing.
struct SchemaObject {
    std::string kind, name, text;
    bool operator==(const SchemaObject&) const = default;
};

// One statement of a dump: what makes an object of the user's schema, and what takes it away again.
struct SchemaPart {
    std::string kind; // "schema", "extension", "type", "sequence", "table", "constraint", "index", "routine",
                      // "view", "trigger", "event", "ownership", "trigger_state", "comment"
    std::string name; // for people; unique within its kind
    TableName table;  // whose constraint, index, trigger, … it is, or which table; else empty
    std::string sql, drop;
    bool operator==(const SchemaPart&) const = default;
};

// A table that is put out of the way instead of being dropped.
struct SetAside {
    std::vector<Statement> away; // afterwards nothing of its names is taken
    std::vector<Statement> back; // as it was
    Statement gone;              // for good
};

class SchemaDialect {
  public:
    virtual ~SchemaDialect() = default;

    // True: DDL is undone by a rollback, so that a migration is one transaction with its history row.
    [[nodiscard]] virtual bool transactional() const = 0;
    // True: a foreign key of a table that is there is added or dropped in a change of its own, and not while
    // a job could swap its parent back.
    [[nodiscard]] virtual bool foreign_keys_apart() const { return false; }
    // True for statements that end a transaction by themselves; asked only where transactional() is false.
    [[nodiscard]] virtual bool commits_implicitly(std::string_view sql) const = 0;
    // What makes of a session of ours one that a user's own SQL expects: his search path, our time limits.
    [[nodiscard]] virtual std::vector<std::string>
    user_settings(Millis lock_timeout, std::optional<Millis> statement_timeout) const = 0;
    // A query whose rows name what is broken at the end of a transaction that the engine did not look at; ""
    // where it always looks.
    [[nodiscard]] virtual std::string integrity_query() const = 0;

    [[nodiscard]] virtual std::string quoted(std::string_view name) const = 0;
    [[nodiscard]] virtual std::string quoted(const TableName& name) const = 0;
    // The documented view: its name, as SQL has it.
    [[nodiscard]] virtual std::string current_view() const = 0;

    // Throws Error{refused, "operation_not_supported"} for a part that the engine does not have.
    [[nodiscard]] virtual std::vector<Statement> create_table(const NewTable& table) const = 0;
    [[nodiscard]] virtual Statement rename_table(const TableName& table, const std::string& to) const = 0;
    // Throws Error{usage, "unknown_table"}, Error{refused} where other tables or views depend on it.
    [[nodiscard]] virtual SetAside set_aside(Session& session, const TableName& table,
                                             const std::string& new_name) const = 0;

    // nullopt: there is no such table.
    [[nodiscard]] virtual std::optional<TableDescription> describe(Session& session,
                                                                   const TableName& table) const = 0;
    // Everything but what is turntable's own, by kind and name.
    [[nodiscard]] virtual std::vector<SchemaObject> objects(Session& session) const = 0;
    // Statements that make all of that in an empty database, in an order in which they can run; the same for
    // the same schema. Owners and rights are left out. Throws Error{refused, "not_dumped"} naming objects
    // that it cannot say.
    [[nodiscard]] virtual std::vector<SchemaPart> dump(Session& session) const = 0;
};

} // namespace turntable
