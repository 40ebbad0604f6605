#pragma once
// A migration as one engine would meet it: its statements and operations as steps of actions.

#include <set>
#include <string>
#include <vector>

#include "migrate/lint/schema_model.hpp"
#include "migrate/migration_file.hpp"
#include "migrate/sql/statement.hpp"

namespace turntable::migrate::lint {

struct Step {
    int line = 1;
    bool typed = false;
    const Op* op = nullptr; // the [[op]] it comes from, raw SQL of one included
    std::vector<SqlAction> actions;
    std::string error;            // does not parse: why
    std::vector<std::string> cut; // PostgreSQL: identifiers as written that its parser has cut already
};

struct MigrationView {
    const MigrationFile* file = nullptr;
    SqlFlavor flavor = SqlFlavor::postgresql;
    bool applies = false;     // it has something for this engine
    bool transaction = false; // its raw statements run in one transaction
    std::vector<Step> up, down;
    std::set<std::string> created; // SchemaModel::key of the tables that it makes
};

// Throws Error{usage} with file and line where the SQL cannot be split.
[[nodiscard]] MigrationView view_of(const MigrationFile& file, SqlFlavor flavor);

// The actions of one typed operation; none for raw SQL.
[[nodiscard]] std::vector<SqlAction> actions_of(const Op& op);

} // namespace turntable::migrate::lint
