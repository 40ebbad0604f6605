#pragma once
// What the file's catalogue says about a table.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "turntable/session.hpp"

namespace turntable::sqlite {

// Runs a query on whatever is asked: a session, or the rehearsal's in-memory database.
using Query = std::function<ResultSet(const std::string& sql, const std::vector<Value>& arguments)>;
[[nodiscard]] Query query_of(Session& session);

enum class Generated { no, virtually, stored };

struct Column {
    std::string name, type;
    std::string affinity; // INTEGER, NUMERIC, REAL, TEXT, BLOB (none)
    std::string collation = "BINARY";
    bool not_null = false;
    std::optional<std::string> default_sql;
    int key_position = 0; // in the PRIMARY KEY, from 1; 0: not in it
    Generated generated = Generated::no;
};

struct IndexColumn {
    std::optional<std::string> name; // empty: an expression
    std::string collation;
    bool descending = false;
};

struct Index {
    std::string name;
    bool unique = false, partial = false;
    std::string origin;             // c: CREATE INDEX, u: UNIQUE, pk: PRIMARY KEY
    std::optional<std::string> sql; // of CREATE INDEX
    std::vector<IndexColumn> columns;
};

// A row of sqlite_schema.
struct Object {
    std::string type, name, table, sql;
    bool operator==(const Object&) const = default;
};

struct Table {
    std::string name, sql;
    std::vector<Column> columns; // hidden columns of virtual tables left out
    std::vector<Index> indexes;
    std::vector<Object> triggers;
    bool without_rowid = false, strict = false, autoincrement = false;
    std::optional<std::string> rowid_column; // INTEGER PRIMARY KEY

    [[nodiscard]] const Column* find(const std::string& column) const;
};

struct ForeignKey {
    std::string parent;
    std::vector<std::string> from, to; // to: the parent's PRIMARY KEY where it is not written
    bool operator==(const ForeignKey&) const = default;
};
[[nodiscard]] std::vector<ForeignKey> read_foreign_keys(const Query& query, const std::string& table);

// nullopt: no such table. Throws Error{refused} where the name is a view or a virtual table.
[[nodiscard]] std::optional<Table> read_table(const Query& query, const std::string& name);
// All rows of sqlite_schema that have a text, without this tool's journal, in their order.
[[nodiscard]] std::vector<Object> read_objects(const Query& query);
// The text of one object; nullopt: no such object.
[[nodiscard]] std::optional<std::string> object_sql(const Query& query, std::string_view type,
                                                    const std::string& name);

// The name under which the row id of a rowid table can be used; nullopt if columns hide all three.
[[nodiscard]] std::optional<std::string> rowid_name(const Table& table);

// The affinity that a declared type gives, by the rules of SQLite's documentation ("Determination Of Column
// Affinity").
[[nodiscard]] std::string affinity_of(const std::string& declared_type, bool strict);

} // namespace turntable::sqlite
