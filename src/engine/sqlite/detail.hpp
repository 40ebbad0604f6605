#pragma once
// Blueprint::detail of this engine: every text that the change will ever put into the catalogue, so that each
// moment can be recognised, restored and compared byte for byte.

#include <map>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::sqlite {

// A table or index that bears the application's name at one time and a parked one at another.
struct Parked {
    std::string name, sql;               // under the application's name
    std::string parked_name, parked_sql; // meanwhile; without foreign keys
};

struct NamedSql {
    std::string name, sql;
    bool operator==(const NamedSql&) const = default;
};

// A column of the key; its collation is the column's own on both sides.
struct KeyPart {
    std::string source, target, collation;
    bool descending = false; // in the source's key
};

// What data may break, other than a conversion.
struct Rule {
    std::string rule, subject; // as RuleProbe
    std::string violates;      // boolean SQL over the source's columns; "" for rules over the whole table
    std::string shown;         // expression over the source's columns: the value in an example
    // Rules over the whole table: how many rows violate it, and SELECT of their key columns and value.
    std::string count, whole;
};

struct Detail {
    std::vector<KeyPart> key;
    Parked source, shadow;   // shadow.name is the source's, too
    std::string retired_sql; // the new table after it was swapped back
    std::vector<Parked> source_indexes, shadow_indexes;
    std::vector<NamedSql> triggers;                 // the application's own, on the source
    std::vector<NamedSql> capture, reverse_capture; // ours
    std::vector<NamedSql> keep;                     // keep=yes: ours, on the new table in the window
    std::vector<std::string> kept_columns;          // the old columns that go after the window
    std::string contracted_sql;                     // of the new table once the triggers are gone; or ""
    NamedSql capture_end, reverse_capture_end;      // a trigger on the log that never fires
    std::string log_sql, reverse_log_sql;
    std::map<std::string, std::string> source_affinity,
        target_affinity;                     // by column, as spelled in the catalogue
    std::vector<std::string> carried_source; // source columns without a counterpart on the new side
    std::vector<Rule> rules;
    std::vector<Object> before, after; // the catalogue without our objects: as found, and as asked for
    bool indexes_first = false;        // the secondary indexes are created before the copy
    bool foreign_keys_added = false;
    std::vector<ForeignKey> foreign_keys_lost; // which a revert brings back
    bool source_autoincrement = false, target_autoincrement = false;
    std::vector<NamedSql> native_after; // instant strategy: name -> text that the change leaves behind
};

[[nodiscard]] std::string to_text(const Detail& detail);
// Throws Error{needs_repair,"blueprint_damaged"}.
[[nodiscard]] Detail detail_of(const Blueprint& blueprint);

} // namespace turntable::sqlite
