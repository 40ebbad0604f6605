#pragma once
// What each clause of an ALTER TABLE does to the columns, by name, exactly; what is not understood is
// refused. The server itself applies the clauses; this only follows where columns go.

#include <string>
#include <string_view>
#include <vector>

namespace turntable::mysql {

// FOREIGN KEY index (columns) REFERENCES parent (parent_columns) …, as written; actions in upper case.
struct WrittenKey {
    std::string name, index; // "" where the server is to find one
    std::vector<std::string> columns;
    std::string parent_schema, parent;
    std::vector<std::string> parent_columns;
    std::string on_delete, on_update;
};

struct Clause {
    enum class Kind {
        add_column,
        drop_column,
        rename_column,
        change_column, // rename and redefine
        modify_column,
        alter_column, // default, visibility
        add_index,
        drop_index,
        rename_index,
        alter_index,
        add_primary_key,
        drop_primary_key,
        add_check,
        drop_check,      // DROP CHECK
        drop_constraint, // DROP CONSTRAINT
        add_foreign_key,
        drop_foreign_key,
        alter_check,
        table_option,    // ENGINE=InnoDB, ROW_FORMAT, COMMENT, AUTO_INCREMENT, STATS_…
        convert_charset, // CONVERT TO CHARACTER SET
        rebuild,         // FORCE
    };
    Kind kind;
    std::string text;               // as written
    std::string column;             // the column, or the index, it is about
    std::string new_name;           // of a rename or change
    std::vector<std::string> added; // ADD (a …, b …): all names; else the one column
    bool has_default = false; // add_column: a DEFAULT, AUTO_INCREMENT or generated expression is written
    WrittenKey key{};         // add_foreign_key
};

// One comma-separated list, as given with --alter. Throws Error{usage, "bad_clause"} on what is no clause,
// and Error{refused, "clause_not_supported"} on a clause that a change through a shadow cannot honour.
[[nodiscard]] std::vector<Clause> parse_clauses(std::string_view text);

} // namespace turntable::mysql
