// SQLite.
#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string add_column_limits(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::add_column) {
        return "";
    }
    const SqlColumn& column = action.column;
    const char* const why = column.primary_key || column.unique ? "it may be neither PRIMARY KEY nor UNIQUE"
                            : column.stored                     ? "it may not be STORED"
                            : column.default_text == "(…)" || column.default_text == "current_timestamp"
                                ? "its default must be a constant"
                            : column.references && column.default_kind != DefaultKind::none
                                ? "with REFERENCES its default must be NULL"
                                : "";
    return *why == '\0' ? "" : fmt::format("SQLite refuses to add {}: {}", action.name, why);
}

std::string no_such_alter(const Place& place) {
    return place.action.kind == ActionKind::unsupported ? fmt::format("SQLite has no {}", place.action.name)
                                                        : "";
}

// CREATE new, INSERT … SELECT, DROP old, RENAME new TO old, by hand.
std::vector<Spot> rebuild_by_hand(const MigrationView& view) {
    const SchemaModel names{view.flavor};
    std::set<std::string> dropped;
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            if (step.typed) {
                continue;
            }
            if (action.kind == ActionKind::drop_table) {
                dropped.insert(names.key(action.object));
            } else if (action.kind == ActionKind::rename_table &&
                       dropped.contains(names.key({"", action.to}))) {
                spots.push_back(
                    {"", step.line,
                     fmt::format("{} is rebuilt by hand: its DROP deletes child rows by cascade, and "
                                 "triggers and views are lost",
                                 action.to)});
            }
        }
    }
    return spots;
}

std::string pragma_in_tx(const Place& place) {
    return place.action.kind == ActionKind::set_variable && place.action.name == "foreign_keys" &&
                   place.in_transaction()
               ? "PRAGMA foreign_keys does nothing inside the migration's transaction"
               : "";
}

std::string pragma_unsafe(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::set_variable &&
                   (action.name == "writable_schema" || action.name == "ignore_check_constraints" ||
                    (action.name == "synchronous" &&
                     (action.to == "0" || action.to == "OFF" || action.to == "off")) ||
                    (action.name == "journal_mode" && (action.to == "OFF" || action.to == "off")))
               ? fmt::format("PRAGMA {} puts the file at risk", action.name)
               : "";
}

std::string weak_type(const Place& place) {
    static const std::set<std::string, std::less<>> enforced_nowhere{"boolean", "date",      "datetime",
                                                                     "time",    "timestamp", "uuid"};
    const auto weak = [](const SqlColumn& column) { return enforced_nowhere.contains(column.type); };
    const SqlAction& action = place.action;
    return action.kind == ActionKind::create_table &&
                   std::any_of(action.columns.begin(), action.columns.end(), weak)
               ? fmt::format("a type in {} is a name only: any value gets in", action.object.display())
               : "";
}

constexpr Rule rows[] = {
    {"sqlite-add-column-limits", Severity::error, on_sqlite, Scope::raw,
     "ALTER TABLE ADD COLUMN of SQLite takes neither keys nor defaults that are no constants.",
     "none: it fails", "The operation add_column, which copies the table where it must.",
     "ALTER TABLE t ADD COLUMN c TEXT DEFAULT CURRENT_TIMESTAMP;", &add_column_limits},
    {"sqlite-no-such-alter", Severity::error, on_sqlite, Scope::raw,
     "SQLite changes neither types nor constraints of a table in place.", "none: it fails",
     "The operations change_column, set_not_null, add_check, …, which copy the table.",
     "ALTER TABLE t ALTER COLUMN c TYPE INTEGER;", &no_such_alter},
    {"sqlite-rebuild", Severity::error, on_sqlite, Scope::raw,
     "DROP TABLE of a parent deletes its children where foreign keys are on; test databases are empty "
     "and never "
     "show it.",
     "the write lock for the whole copy",
     "A typed operation: it carries triggers, views, keys and children over.",
     "CREATE TABLE n (…); INSERT INTO n SELECT … FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;", nullptr,
     &rebuild_by_hand},
    {"sqlite-pragma-in-tx", Severity::warning, on_sqlite, Scope::raw,
     "PRAGMA foreign_keys is ignored inside a transaction.", "none", "Begin the section with tx=off.",
     "PRAGMA foreign_keys = OFF;", &pragma_in_tx},
    {"sqlite-unsafe-pragma", Severity::error, on_sqlite, Scope::raw,
     "These settings trade the file's integrity for speed or reach.", "none", "Leave them alone.",
     "PRAGMA writable_schema = ON;", &pragma_unsafe},
    {"sqlite-weak-type", Severity::info, on_sqlite, Scope::raw,
     "SQLite keeps whatever is written, whatever the type is called.", "none",
     "INTEGER, REAL, TEXT or BLOB in a STRICT table, with a CHECK for dates and booleans.",
     "CREATE TABLE t (id INTEGER PRIMARY KEY, born DATE);", &weak_type},
};

} // namespace

std::span<const Rule> sqlite_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
