#pragma once
// Whole tables as values: what `create_table` of a migration asks for, in engine-neutral words.

#include <optional>
#include <string>
#include <vector>

#include "turntable/change.hpp"

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

} // namespace turntable
