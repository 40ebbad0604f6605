// What running code may still use: removals and renames.
#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

// phase = "contract" says: the code that used it is gone.
bool in_contract(const Place& place) {
    return place.view.file->phase == DeployPhase::contract;
}

std::string drop_column(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::drop_column && !in_contract(place) && place.on_existing_table()
               ? fmt::format("{}.{} goes away under code that may still use it{}", action.object.display(),
                             action.name, place.step.typed ? "" : ", and its values with it")
               : "";
}

std::string drop_table(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::drop_table && !in_contract(place) && place.on_existing_table()
               ? fmt::format("{} goes away under code that may still use it{}", action.object.display(),
                             place.step.typed ? "" : ", and its rows with it")
               : "";
}

std::string drop_raw(const Place& place) {
    const SqlAction& action = place.action;
    const bool column = action.kind == ActionKind::drop_column;
    return (column || action.kind == ActionKind::drop_table) && in_contract(place) &&
                   place.on_existing_table()
               ? fmt::format("nothing brings the {} back",
                             column ? "values of " + action.name : "rows of " + action.object.display())
               : "";
}

std::string drop_schema(const Place& place) {
    return place.action.kind == ActionKind::drop_schema ? "everything in it is gone at once" : "";
}

std::string drop_cascade(const Place& place) {
    const SqlAction& action = place.action;
    return action.cascade && action.kind != ActionKind::truncate
               ? fmt::format("CASCADE also drops what depends on {}, whatever that is there",
                             action.object.name.empty() ? action.name : action.object.display())
               : "";
}

std::string create_replacing(const Place& place) {
    return place.action.kind == ActionKind::create_table && place.action.or_replace
               ? fmt::format("a table {} that is there is dropped first, with its rows",
                             place.action.object.display())
               : "";
}

std::string drop_primary_key(const Place& place) {
    return place.action.kind == ActionKind::drop_primary_key
               ? fmt::format("{} has no key: rows can no longer be told apart, replicas scan",
                             place.action.object.display())
               : "";
}

std::string rename_column(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::rename_column && !in_contract(place) && place.on_existing_table()
               ? fmt::format("running code still asks for {}.{}", action.object.display(), action.name)
               : "";
}

std::string rename_table(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::rename_table && !in_contract(place) && place.on_existing_table()
               ? fmt::format("running code still asks for {}", action.object.display())
               : "";
}

std::string rename_schema(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::rename_other && !action.object.schema.empty() &&
                   action.object.name.empty()
               ? fmt::format("running code still asks for everything in {}", action.object.schema)
               : "";
}

std::string destructive_in_expand(const Place& place) {
    switch (place.action.kind) {
    case ActionKind::drop_column:
    case ActionKind::drop_table:
    case ActionKind::rename_column:
    case ActionKind::rename_table:
        return place.view.file->phase == DeployPhase::expand && place.on_existing_table()
                   ? "the phase expand promises that old code goes on working"
                   : "";
    default:
        return "";
    }
}

constexpr Rule rows[] = {
    {"drop-column", Severity::error, on_all, Scope::any,
     "Code that runs during the deployment still uses the column.", "short",
     "phase = \"contract\" once no code uses it; the operation drop_column keeps the values for a time.",
     "ALTER TABLE users DROP COLUMN nick;", &drop_column},
    {"drop-table", Severity::error, on_all, Scope::any,
     "Code that runs during the deployment still uses the table.", "short",
     "phase = \"contract\" once no code uses it; the operation drop_table keeps the rows for a time.",
     "DROP TABLE users;", &drop_table},
    {"drop-without-way-back", Severity::warning, on_all, Scope::raw,
     "A raw DROP deletes at once, and a mistake shows hours later.", "short",
     "The operations drop_table and drop_column keep the data for `retain`.",
     "-- turntable:phase contract … DROP TABLE users;", &drop_raw},
    {"drop-schema", Severity::error, on_all, Scope::any,
     "A whole schema or database is more than a migration's business.", "exclusive on everything in it",
     "Drop tables one by one, by drop_table.", "DROP SCHEMA old;", &drop_schema},
    {"drop-cascade", Severity::error, on_postgresql, Scope::any,
     "CASCADE removes views, keys and columns that the statement does not name.", "exclusive on all of them",
     "Name what is to go.", "DROP TABLE users CASCADE;", &drop_cascade},
    {"create-replacing", Severity::error, on_mariadb, Scope::any,
     "OR REPLACE drops a table that is there, rows and all.", "exclusive", "CREATE TABLE.",
     "CREATE OR REPLACE TABLE t (id bigint PRIMARY KEY);", &create_replacing},
    {"drop-primary-key", Severity::error, on_mysql_family, Scope::any,
     "Without a primary key neither replicas nor this program can tell rows apart.",
     "SHARED: the table is copied", "The operation set_primary_key, which replaces it in one pass.",
     "ALTER TABLE t DROP PRIMARY KEY;", &drop_primary_key},
    {"rename-column", Severity::error, on_all, Scope::any,
     "Code that is still running asks for the old name and fails.", "short",
     "Add the new column, write both, move the readers, drop the old one in phase contract.",
     "ALTER TABLE users RENAME COLUMN nick TO name;", &rename_column},
    {"rename-table", Severity::error, on_all, Scope::any,
     "Code that is still running asks for the old name and fails.", "short",
     "A view under the old name, and the rename in phase contract.", "ALTER TABLE users RENAME TO people;",
     &rename_table},
    {"rename-schema", Severity::error, on_postgresql, Scope::any,
     "Every name in it changes for code that is still running.", "short",
     "Leave the name; it is only a name.", "ALTER SCHEMA shop RENAME TO store;", &rename_schema},
    {"destructive-in-expand", Severity::error, on_all, Scope::any,
     "An expand migration runs before the new code is out: it may only add.", "none",
     "Move it into a migration with phase = \"contract\".", "-- turntable:phase expand … DROP TABLE users;",
     &destructive_in_expand},
};

} // namespace

std::span<const Rule> removal_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
