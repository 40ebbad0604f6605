// Statements that change rows.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string table(const Place& place) {
    return place.action.object.display();
}

std::string update_without_where(const Place& place) {
    return place.action.kind == ActionKind::update && !place.action.where && !place.action.limit &&
                   place.on_existing_table()
               ? fmt::format("every row of {} is written in one go", table(place))
               : "";
}

std::string delete_without_where(const Place& place) {
    return place.action.kind == ActionKind::remove && !place.action.where && place.on_existing_table()
               ? fmt::format("every row of {} is deleted", table(place))
               : "";
}

std::string unbatched_dml(const Place& place) {
    const SqlAction& action = place.action;
    const bool rows = action.kind == ActionKind::update || action.kind == ActionKind::remove ||
                      action.kind == ActionKind::merge;
    return rows && action.where && !action.limit && place.on_existing_table()
               ? fmt::format("all rows of {} that match are locked until the last one is written",
                             table(place))
               : "";
}

std::string truncate(const Place& place) {
    return place.action.kind == ActionKind::truncate && !place.action.cascade
               ? fmt::format("all rows of {} are gone at once", table(place))
               : "";
}

std::string truncate_cascade(const Place& place) {
    return place.action.kind == ActionKind::truncate && place.action.cascade
               ? fmt::format(
                     "all rows of {} are gone, and of every table that refers to it, whichever those are",
                     table(place))
               : "";
}

bool changes_old_rows(const MigrationView& view, const SqlAction& action) {
    return is_data_change(action.kind) && !view.created.contains(SchemaModel{view.flavor}.key(action.object));
}

std::vector<Spot> mixed_ddl_dml(const MigrationView& view) {
    bool schema = false;
    int data_line = 0;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            if (step.typed) {
                continue;
            }
            schema = schema || is_schema_change(action.kind);
            data_line = data_line == 0 && changes_old_rows(view, action) ? step.line : data_line;
        }
    }
    if (!schema || data_line == 0) {
        return {};
    }
    return {{"", data_line,
             view.transaction ? "the locks of the schema change are held while rows are written"
                              : "a failure here leaves the schema changed and the rows not"}};
}

std::string privilege_change(const Place& place) {
    return place.action.kind == ActionKind::privilege ? "rights or roles change along with the schema" : "";
}

std::string opaque_sql(const Place& place) {
    return place.action.kind == ActionKind::opaque
               ? fmt::format("nothing can be said about it: it {}", place.action.name)
               : "";
}

std::vector<Spot> does_not_parse(const MigrationView& view) {
    std::vector<Spot> spots;
    for (const auto* const steps : {&view.up, &view.down}) {
        for (const Step& step : *steps) {
            if (!step.error.empty()) {
                spots.push_back({"", step.line, step.error});
            }
        }
    }
    return spots;
}

std::string transaction_control(const Place& place) {
    return place.action.kind == ActionKind::begin || place.action.kind == ActionKind::commit
               ? place.in_transaction() ? "it ends or nests the transaction that the migration runs in"
                                        : "statements run and are entered into the journal one by one"
               : "";
}

constexpr Rule rows[] = {
    {"update-without-where", Severity::error, on_all, Scope::raw,
     "One UPDATE of all rows locks them all until it ends, and fills logs and replicas.",
     "row locks on the whole table", "The operation backfill: batches by key, throttled, resumable.",
     "UPDATE users SET active = true;", &update_without_where},
    {"delete-without-where", Severity::error, on_all, Scope::raw, "It deletes every row.",
     "row locks on the whole table", "Say which rows; for all of them drop_table keeps a way back.",
     "DELETE FROM users;", &delete_without_where},
    {"unbatched-dml", Severity::warning, on_all, Scope::raw,
     "Rows stay locked until the statement ends, and on a large table it does not end soon.",
     "row locks on what matches", "The operation backfill: batches by key, throttled, resumable.",
     "UPDATE users SET active = true WHERE active IS NULL;", &unbatched_dml},
    {"truncate", Severity::error, on_all, Scope::any, "TRUNCATE cannot be taken back.",
     "ACCESS EXCLUSIVE: everyone on the table waits",
     "drop_table keeps the rows for a time; else delete in batches.", "TRUNCATE TABLE logs;", &truncate},
    {"truncate-cascade", Severity::error, on_postgresql, Scope::any,
     "CASCADE empties tables that the statement does not name.", "ACCESS EXCLUSIVE on all of them",
     "Name every table.", "TRUNCATE users CASCADE;", &truncate_cascade},
    {"mixed-ddl-dml", Severity::error, on_all, Scope::raw,
     "Locks of the schema change are held while rows are written; and one of the two is hard to revert.",
     "the lock of the DDL, for as long as the DML takes", "Two migrations, or typed operations.",
     "ALTER TABLE users ADD COLUMN x int; UPDATE users SET x = 1 WHERE id = 1;", nullptr, &mixed_ddl_dml},
    {"privilege-change", Severity::warning, on_all, Scope::any,
     "Rights are reviewed by other people than tables are.", "none",
     "A migration of its own, reviewed as such.", "GRANT ALL ON users TO app;", &privilege_change},
    {"opaque-sql", Severity::warning, on_all, Scope::any,
     "What a DO block, a CALL or a prepared statement does is not in the file.", "unknown",
     "Write the statements out, or say in a suppression what it does.", "DO $$ BEGIN PERFORM f(); END $$;",
     &opaque_sql},
    {"does-not-parse", Severity::error, on_all, Scope::any,
     "What is not understood cannot be judged, and may well fail halfway.", "unknown",
     "Mend it; where it is only newer than the grammar known here, say so in a suppression.",
     "ALTER TABEL users;", nullptr, &does_not_parse},
    {"transaction-control", Severity::error, on_all, Scope::raw,
     "BEGIN and COMMIT break the transaction and the journal that make a failure harmless.", "none",
     "Leave them out; tx=off and several migrations say where transactions end.", "COMMIT;",
     &transaction_control},
};

} // namespace

std::span<const Rule> data_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
