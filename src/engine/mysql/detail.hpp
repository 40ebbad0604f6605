#pragma once
// The engine's private part of a blueprint: what the phases need beyond names and mapping. Saved as JSON in
// Blueprint::detail.

#include <string>
#include <vector>

#include "server.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::mysql {

// How values of a key column travel as text and come back as a literal.
enum class KeyKind { number, text, bytes, temporal, ordinal, other };

struct KeyPart {
    std::string column, type, charset, collation;
    KeyKind kind = KeyKind::number;
};

// How two values of a column are compared by image.
enum class Image {
    plain, // <=> sees every difference: integers, decimals, temporal types, binary strings, bits
    text,  // bytes of the string
    real,  // <=> and the text, which tells 0 from -0
    json,  // the text of the document
};

struct ColumnDetail {
    std::string target;            // as MappedColumn::target
    std::string image_sql;         // over the source's columns: the value that the shadow must have
    std::string inverse_image_sql; // over the shadow's columns: the value that the source had, "" if unknown
    Image image = Image::plain;    // of the target column
    Image source_image = Image::plain; // of the source column
    bool inserted = true;              // into the shadow; false: generated, or filled by its default
    bool source_inserted = true;       // into the old table on the way back; false: generated there
};

// A column of the old table that no column of the new one follows: kept by its old value on the way back.
struct CarriedColumn {
    std::string column;
    Image image = Image::plain;
};

struct DeferredIndexes {
    std::vector<std::string> plain, unique,
        single;                     // definitions; single: one statement each (FULLTEXT, SPATIAL)
    std::vector<std::string> names; // all of them, to drop from the empty shadow
};

// A rule of the new shape that rows of the source may break: SQL over the source's columns, true for such a
// row.
struct RowRule {
    std::string rule, subject, broken_sql; // "not_null", "length", "range", "charset", "check", …
    std::string shown_sql;                 // the value that is shown with an example
};
// A unique index that the source does not have yet.
struct UniqueRule {
    std::string index;
    std::vector<std::string> expressions; // over the source's columns
};

// A foreign key of the source that the new table must have; foreign_keys.hpp.
struct KeptForeignKey {
    std::string name, provisional, definition;
};

// keep=yes: how the old column and its conversion are kept in step from the swap to finalize; keep.hpp.
struct Keep {
    std::vector<std::string> old_columns, new_columns;
    std::string insert_body, update_body; // of the two BEFORE triggers
    std::string drops;                    // the ALTER clauses that end it
    std::string let_go;                   // without `instant`: lets new rows leave the old columns out
    bool instant = true;                  // the drop writes the catalogue only
    std::string final_text;               // normalised, of the table after them
};

// A foreign key of another table that refers to the source; inbound_keys.hpp.
struct KeptInboundKey {
    std::string schema, table, name, provisional;
    std::string before, after; // "FOREIGN KEY (`t`) REFERENCES " and " (`id`) ON DELETE CASCADE"
};

// A trigger of the user's on the source; user_triggers.hpp.
struct KeptTrigger {
    std::string name, provisional;
    std::string timing, event, body, definer_user, definer_host, sql_mode, client_charset,
        connection_collation;
};

// One foreign key on the way from an ancestor to the source; cascades.hpp.
struct CascadeLink {
    std::string name, child, parent, on_update, on_delete;
    std::vector<std::string> child_columns, parent_columns;
};
// From the source (first link) up to the ancestor (the last link's parent), whose changes reach the source.
struct CascadePath {
    std::vector<CascadeLink> links;
    bool deletes = false, updates = false; // which statements on the ancestor do
};

// One statement of a change that is about foreign keys alone; key_change.hpp.
struct KeyStep {
    enum class Kind { add_index, add_key, drop_key };
    Kind kind = Kind::add_key;
    std::string name;
    std::string definition; // as SHOW CREATE TABLE has it: "FOREIGN KEY (`p`) REFERENCES `t` (`id`)", "KEY …"
    std::string parent_schema, parent; // of a key
    std::string orphan_sql;            // of a key: true for a row, `src`, that refers to none
};

struct Detail {
    ServerKind kind = ServerKind::mysql;
    std::vector<std::string> alters; // clause lists, one ALTER TABLE each, in order
    std::vector<KeyPart> source_key, target_key;
    std::string source_key_index, target_key_index; // "PRIMARY" or a unique index
    bool key_order_kept = true;                     // ranges of the source's key are ranges of the shadow's
    std::vector<ColumnDetail> columns;              // parallel to Blueprint::columns
    std::vector<CarriedColumn> carried;
    DeferredIndexes deferred;
    std::string source_text;               // SHOW CREATE TABLE of the source as planned
    std::string target_text;               // normalised text that the new table must have
    std::vector<std::string> native_texts; // instant, online: the normalised text after each statement
    std::vector<RowRule> row_rules;
    std::vector<UniqueRule> unique_rules;
    std::vector<KeptForeignKey> foreign_keys;
    std::vector<KeptInboundKey> inbound;
    std::string inbound_text;               // inbound_keys.hpp, as planned
    std::vector<std::string> statistics;    // statistics.hpp
    std::vector<KeptTrigger> user_triggers; // in the order in which they fire
    std::vector<CascadePath> cascades;
    std::vector<CascadeLink> own_cascades; // foreign keys to the table itself whose ON DELETE acts
    bool auto_increment = false;           // the shadow has such a column
    Keep keep;                             // without columns: nothing is kept
    std::vector<KeyStep> key_steps;        // parallel to the native statements; none: another change
};

[[nodiscard]] std::string to_json(const Detail& detail);
// Throws Error{needs_repair}.
[[nodiscard]] Detail detail_of(const Blueprint& blueprint);

} // namespace turntable::mysql
