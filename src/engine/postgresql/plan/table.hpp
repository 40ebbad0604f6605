#pragma once
// A table as the catalogue describes it, complete enough to make the same table again. Texts come from the
// server's own deparsing under search_path = pg_catalog, so every other name in them is qualified. Where a
// text names the table itself it is a Template, so that the same definition serves the source, a clone and
// the shadow.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detail.hpp"

namespace turntable::postgresql {

using Oid = std::int64_t;
using Attnum = int;

// before + name of the table + after.
struct Template {
    std::string before, after;
    [[nodiscard]] std::string of(const std::string& table) const { return before + table + after; }
};

// A sequence owned by a column: by identity or by serial (OWNED BY).
struct Sequence {
    Oid oid = 0;
    std::string schema, name;
    std::string type;                  // "bigint"
    std::string options;               // "START WITH 1 INCREMENT BY 1 MINVALUE … CACHE 1 NO CYCLE"
    std::vector<Template> attachments; // comment and grants; they name the sequence
};

struct Column {
    Attnum attnum = 0;
    std::string name;
    std::string type; // format_type()
    Oid type_oid = 0; // of the base type, where the type is a domain
    Oid declared_type_oid = 0;
    int typmod = -1;
    std::string collation;          // ` COLLATE x.y` where the type has one, default or not
    std::string explicit_collation; // the same where it is not the type's own
    bool deterministic = true;      // its collation
    char type_class = 'b';          // pg_type.typtype of the base type
    bool not_null = false;
    std::string not_null_name; // PostgreSQL 18: the constraint's
    bool not_null_validated = true;
    char identity = 0;                      // 'a' always, 'd' by default
    char generated = 0;                     // 's' stored, 'v' virtual
    std::optional<std::string> default_sql; // or the generation expression
    char storage = 'p', type_storage = 'p';
    char compression = 0;
    int statistics = -1;
    std::string options;              // n_distinct=…, ready for SET (…)
    std::optional<Sequence> sequence; // owned, by identity or serial
    [[nodiscard]] ImageSuffix image() const;
};

struct Index {
    Oid oid = 0;
    std::string name;
    bool unique = false, primary = false, exclusion = false, immediate = true, valid = true;
    bool clustered = false, replica_identity = false;
    std::string tail;             // what follows the table's name in CREATE INDEX, tablespace included
    std::vector<Attnum> keys;     // 0: an expression; without INCLUDE columns
    std::vector<bool> descending; // parallel to keys
    std::vector<std::string> equal, less; // operators of the key columns' operator families, parallel to keys
    std::vector<std::string> key_texts;   // columns or expressions, parallel to keys
    std::optional<std::string> predicate; // of a partial index
    bool nulls_not_distinct = false;
    std::string access_method;
    char constraint = 0; // 'p', 'u' or 0
    bool deferrable = false, deferred = false;
    std::vector<std::pair<int, int>> statistics; // column number of the index, target
    std::optional<std::string> comment, constraint_comment;
};

struct ForeignKey {
    std::string name;
    Oid referenced = 0;
    std::string referenced_schema, referenced_name;
    std::vector<Attnum> columns;
    std::vector<std::string> referenced_columns;
    std::string rest; // MATCH, ON UPDATE, ON DELETE, DEFERRABLE …, without NOT VALID
    bool validated = true;
    std::optional<std::string> comment;
};

struct Check {
    std::string name;
    std::string definition; // CHECK ((…)) …, without NOT VALID
    std::string expression;
    std::vector<Attnum> columns;
    bool plain = true; // false: NOT VALID or NOT ENFORCED, so it cannot hold for the rows that are copied
    bool validated = true;
};

struct Trigger {
    std::string name;
    Template create;
    char enabled = 'O';
    std::optional<std::string> comment;
};

struct ExtendedStatistics {
    Oid oid = 0;
    std::string schema, name;
    Template create; // what is after CREATE STATISTICS name
    int target = -1;
    std::optional<std::string> comment;
    std::string owner; // the table's, or another
};

// Anything else that hangs on the table: comments, grants, policies, labels. A statement as Template.
struct Attachment {
    std::string subject; // "comment on column x", "grant to y", …
    Template statement;
};

struct Table {
    Oid oid = 0;
    std::string schema, name, owner;
    std::vector<Column> columns; // without dropped ones, by attnum
    std::vector<Index> indexes;  // by name; the primary key first
    std::vector<ForeignKey> foreign_keys;
    std::vector<Check> checks;
    std::vector<Trigger> triggers; // the user's, without ours
    std::vector<ExtendedStatistics> statistics;
    std::vector<Attachment> comments, grants, policies, labels;
    std::vector<std::string> options; // reloptions, toast.* included
    std::string tablespace;           // "" the database's own
    char replica_identity = 'd';
    bool row_security = false, force_row_security = false;

    [[nodiscard]] std::string sql() const;
    [[nodiscard]] const Column* find_column(const std::string& column) const;
    [[nodiscard]] const Column* find_column(Attnum attnum) const;
};

// The image of a table for comparisons, without its name.
[[nodiscard]] CatalogImage image_of(const Table& table);

} // namespace turntable::postgresql
