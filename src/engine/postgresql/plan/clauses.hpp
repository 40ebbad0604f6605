#pragma once
// ALTER TABLE clauses as PostgreSQL's own grammar reads them (libpg_query, grammar 15). The server applies
// them to a clone later; here they are only taken apart, so that what cannot go through the server's clone is
// seen: foreign keys (they would lock the referenced table) and USING expressions. What is not known is
// refused by name.

#include <optional>
#include <string>
#include <vector>

namespace turntable::postgresql {

struct ForeignKeyClause {
    std::string name; // "" lets the server choose
    std::vector<std::string> columns;
    std::string referenced_schema, referenced_name; // as written; no schema: by search_path
    std::vector<std::string> referenced_columns;
    std::string rest; // ON DELETE …, DEFERRABLE …
    bool validated = true;
};

struct Clause {
    // The grammar's own word ("AT_AddColumn"), or "rename_column", "rename_constraint".
    std::string kind;
    std::string name;     // of the column or constraint it is about
    std::string new_name; // of a rename
    std::string text;     // without "ALTER TABLE t", without its foreign keys; may be empty then
    std::optional<std::string> using_sql;
    std::vector<ForeignKeyClause> foreign_keys;
    // AT_AddConstraint: the grammar's word ("CONSTR_CHECK", …); AT_AddColumn: none.
    std::string constraint_kind;
    std::vector<std::string> column_constraints; // AT_AddColumn: the grammar's words
    bool not_valid = false;                      // a constraint written with NOT VALID
    bool on_index = false;                       // … USING INDEX
};

// One ALTER TABLE statement: its clauses happen together, USING expressions see the columns from before it.
struct ClauseStatement {
    std::string text; // as given, for messages
    std::vector<Clause> clauses;
    // The text after "ALTER TABLE name " for the clone, without foreign keys; empty if nothing is left.
    [[nodiscard]] std::string without_foreign_keys() const;
};

// text: what follows ALTER TABLE name. Throws Error{usage, "bad_sql" | "bad_clause" | "name_too_long"} and
// Error{refused, "clause_not_supported"}.
[[nodiscard]] ClauseStatement parse_clauses(const std::string& text);

} // namespace turntable::postgresql
