#pragma once
// What the server's catalogue says about one table, as plain values. Reading is here, judging is elsewhere.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server.hpp"
#include "turntable/session.hpp"

namespace turntable::mysql {

struct Column {
    std::string name;
    std::string type;               // COLUMN_TYPE: "decimal(10,2) unsigned", "enum('a','b')"
    std::string data_type;          // DATA_TYPE, lower case: "decimal", "enum"
    std::string charset, collation; // empty for columns without
    bool nullable = true;
    std::optional<std::string> default_text; // as the server says it; nullopt is none (or NULL)
    std::string extra;      // "auto_increment", "DEFAULT_GENERATED on update …", "INVISIBLE", …
    std::string generation; // expression of a generated column
    std::string comment;

    [[nodiscard]] bool generated() const { return !generation.empty(); }
    [[nodiscard]] bool auto_increment() const;
    [[nodiscard]] bool is_unsigned() const;
};

struct IndexPart {
    std::string column;                 // empty: an expression
    std::optional<std::int64_t> prefix; // of a prefix index
    bool descending = false;
};
struct Index {
    std::string name;
    bool unique = false;
    std::string type; // "BTREE", "FULLTEXT", "SPATIAL", "HASH"
    std::vector<IndexPart> parts;

    [[nodiscard]] bool primary() const { return name == "PRIMARY"; }
};

struct ForeignKey {
    std::string name, schema, table; // schema and table of the side that has the constraint
    std::string referenced_schema, referenced_table;
    std::string on_update, on_delete;
    std::vector<std::string> columns, referenced_columns;
};

struct Table {
    std::string schema, name, engine, collation, comment, create_options;
    std::string kind; // TABLE_TYPE: "BASE TABLE", "VIEW", "SYSTEM VERSIONED", "SEQUENCE"
    std::int64_t rows = 0, data_bytes = 0, index_bytes = 0;
    bool partitioned = false;
    std::vector<Column> columns; // in order
    std::vector<Index> indexes;
    std::vector<ForeignKey> outgoing, inbound;
    std::vector<std::string> triggers;
    std::string create_text; // SHOW CREATE TABLE without the AUTO_INCREMENT position

    [[nodiscard]] const Column* column(std::string_view column_name) const;
    [[nodiscard]] const Index* index(std::string_view index_name) const;
    [[nodiscard]] bool has_auto_increment() const;
};

// Names of columns and indexes compare without regard to case, as the servers do.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

// The current database of the session.
[[nodiscard]] std::string current_schema(Session& session);
[[nodiscard]] bool table_exists(Session& session, const std::string& schema, const std::string& name);
// Throws Error{usage, "unknown_table"}.
[[nodiscard]] Table read_table(Session& session, const std::string& schema, const std::string& name);
// The foreign keys of a table, and those that refer to it.
[[nodiscard]] std::vector<ForeignKey> foreign_keys_from(Session& session, const std::string& schema,
                                                        const std::string& name);
[[nodiscard]] std::vector<ForeignKey> foreign_keys_to(Session& session, const std::string& schema,
                                                      const std::string& name);
// SHOW CREATE TABLE, without the AUTO_INCREMENT position, which moves with every insert.
[[nodiscard]] std::string create_text(Session& session, const std::string& schema, const std::string& name);
// The next AUTO_INCREMENT value, 0 without one.
[[nodiscard]] std::int64_t auto_increment_position(Session& session, const std::string& schema,
                                                   const std::string& name);
// The InnoDB ids of the table and all its partitions, in order, as one text. TRUNCATE, EXCHANGE PARTITION and
// every rebuild change it; RENAME does not. Needs PROCESS.
[[nodiscard]] std::string table_ids(Session& session, ServerKind kind, const std::string& schema,
                                    const std::string& name);
// The foreign keys of other tables that refer to this one, as "database/name", and whether there are any, as
// InnoDB's own dictionary has it: a look that opens no table, and shows what information_schema hides from an
// account. Needs PROCESS.
[[nodiscard]] std::vector<std::string> referring_keys(Session& session, ServerKind kind,
                                                      const std::string& schema, const std::string& name);
[[nodiscard]] bool is_referred_to(Session& session, ServerKind kind, const std::string& schema,
                                  const std::string& name);
// Name, event, timing, creation time and body of the triggers on the table, one per line, except those named.
[[nodiscard]] std::string trigger_texts(Session& session, const std::string& schema, const std::string& name);

} // namespace turntable::mysql
