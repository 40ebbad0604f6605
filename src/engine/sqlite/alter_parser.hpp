#pragma once
// ALTER clauses as people write them for SQLite's bigger sisters, understood by tokens; what is not known is
// refused by name. One clause becomes one or more steps.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "turntable/change.hpp"

namespace turntable::sqlite {

// Steps that keep the text as written, besides the typed operations.
struct AddColumnText {
    std::string definition;
};
struct ChangeType {
    std::string column, type;
    std::optional<std::string> using_sql;
};
struct ReplaceColumn { // MODIFY: the whole definition, with the column's name
    std::string column, definition;
};
struct AddConstraintText {
    std::string constraint;
};

using Step = std::variant<AddColumnText, DropColumn, RenameColumn, ChangeType, ReplaceColumn, SetNotNull,
                          DropNotNull, SetDefault, DropDefault, AddConstraintText, DropConstraint, AddIndex,
                          DropIndex, SetPrimaryKey, DropPrimaryKey, Conversion>;

// Throws Error{usage,"bad_clause"} naming the clause.
[[nodiscard]] std::vector<Step> parse_alter(const std::string& clauses);
[[nodiscard]] std::vector<Step> lower_operation(const Operation& operation);

} // namespace turntable::sqlite
