// PostgreSQL: statements that hold a strong lock for as long as the table is large.
#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string table(const Place& place) {
    return place.action.object.display();
}

std::string index_not_concurrent(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::create_index && !action.concurrently && place.on_existing_table()
               ? fmt::format("the index on {} is built while every writer waits", table(place))
               : "";
}

std::string drop_index_not_concurrent(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::drop_index && !action.concurrently
               ? fmt::format("dropping {} waits for, and then stops, everyone on its table", action.name)
               : "";
}

std::string concurrent_in_tx(const Place& place) {
    const bool concurrent = place.action.concurrently && place.action.kind != ActionKind::alter_other;
    return concurrent && place.in_transaction() ? "CONCURRENTLY fails inside the migration's transaction"
                                                : "";
}

std::string index_if_not_exists(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::create_index && action.concurrently && action.if_not_exists
               ? fmt::format("an invalid {} left by a failed build counts as existing", action.name)
               : "";
}

std::string reindex_plain(const Place& place) {
    return place.action.kind == ActionKind::reindex && !place.action.concurrently
               ? "REINDEX without CONCURRENTLY stops every writer"
               : "";
}

std::string detach_partition_plain(const Place& place) {
    return place.action.kind == ActionKind::detach_partition && !place.action.concurrently
               ? fmt::format("detaching {} stops everyone on {}", place.action.name, table(place))
               : "";
}

std::string table_rewrite(const Place& place) {
    return place.action.kind == ActionKind::rewrite_table
               ? fmt::format("{} writes the whole table anew under an exclusive lock", place.action.name)
               : "";
}

std::string explicit_lock(const Place& place) {
    return place.action.kind == ActionKind::lock_table
               ? "a table is locked by hand, for as long as the rest takes"
               : "";
}

bool is_lock_timeout(const SqlAction& action) {
    return action.kind == ActionKind::set_variable &&
           (action.name == "lock_timeout" || action.name == "lock_wait_timeout");
}

std::string lock_timeout_off(const Place& place) {
    return is_lock_timeout(place.action) && (place.action.to == "0" || place.action.to.empty())
               ? fmt::format("{} = 0 waits for ever, and everyone behind it", place.action.name)
               : "";
}

bool takes_strong_lock(const MigrationView& view, const SqlAction& action) {
    switch (action.kind) {
    case ActionKind::add_column:
    case ActionKind::drop_column:
    case ActionKind::rename_column:
    case ActionKind::rename_table:
    case ActionKind::change_type:
    case ActionKind::set_not_null:
    case ActionKind::drop_not_null:
    case ActionKind::set_default:
    case ActionKind::drop_default:
    case ActionKind::add_check:
    case ActionKind::add_foreign_key:
    case ActionKind::add_unique:
    case ActionKind::add_primary_key:
    case ActionKind::drop_constraint:
    case ActionKind::drop_foreign_key:
    case ActionKind::drop_table:
        return !view.created.contains(SchemaModel{view.flavor}.key(action.object));
    default:
        return false;
    }
}

std::vector<Spot> no_lock_timeout(const MigrationView& view) {
    bool set = false;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            set = set || is_lock_timeout(action);
            if (!set && !step.typed && takes_strong_lock(view, action)) {
                return {{"", step.line,
                         fmt::format("no limit is set for the wait for the lock on {}",
                                     action.object.display())}};
            }
        }
    }
    return {};
}

std::vector<Spot> lock_timeout_on_concurrent(const MigrationView& view) {
    bool set = false;
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            if (is_lock_timeout(action)) {
                set = action.to != "0" && !action.to.empty();
            } else if (set && action.concurrently) {
                spots.push_back(
                    {"", step.line, "a lock timeout is in force while CONCURRENTLY waits for old snapshots"});
            }
        }
    }
    return spots;
}

constexpr Rule rows[] = {
    {"index-not-concurrent", Severity::error, on_postgresql, Scope::raw,
     "A plain CREATE INDEX holds its lock for as long as the build takes.",
     "SHARE: writers of the table wait",
     "CREATE INDEX CONCURRENTLY in a section with tx=off, or the operation add_index, which does that.",
     "CREATE INDEX i ON orders (user_id);", &index_not_concurrent},
    {"drop-index-not-concurrent", Severity::warning, on_postgresql, Scope::raw,
     "DROP INDEX locks the table as ALTER TABLE does.", "ACCESS EXCLUSIVE: everyone on the table waits",
     "DROP INDEX CONCURRENTLY in a section with tx=off, or the operation drop_index.", "DROP INDEX i;",
     &drop_index_not_concurrent},
    {"concurrent-in-tx", Severity::error, on_postgresql, Scope::raw,
     "PostgreSQL refuses CONCURRENTLY inside a transaction.", "none: it fails",
     "Begin the section with `-- turntable:up tx=off`.", "CREATE INDEX CONCURRENTLY i ON orders (user_id);",
     &concurrent_in_tx},
    {"index-if-not-exists", Severity::warning, on_postgresql, Scope::raw,
     "A concurrent build that fails leaves an invalid index; IF NOT EXISTS then takes it for a good one.",
     "none", "Leave IF NOT EXISTS out, or use the operation add_index, which rebuilds invalid leftovers.",
     "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (user_id);", &index_if_not_exists},
    {"reindex-plain", Severity::error, on_postgresql, Scope::raw,
     "REINDEX keeps writers out for as long as it takes.",
     "SHARE on the table, ACCESS EXCLUSIVE on the index", "REINDEX … CONCURRENTLY in a section with tx=off.",
     "REINDEX TABLE orders;", &reindex_plain},
    {"detach-partition-plain", Severity::warning, on_postgresql, Scope::raw,
     "DETACH PARTITION locks parent and partition.", "ACCESS EXCLUSIVE: everyone on the table waits",
     "DETACH PARTITION … CONCURRENTLY in a section with tx=off.",
     "ALTER TABLE orders DETACH PARTITION p2020;", &detach_partition_plain},
    {"table-rewrite", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "The whole table is written anew while nobody may use it.", "exclusive: everyone on the table waits",
     "An online change of the table (`turntable alter`), which copies beside it.", "VACUUM FULL orders;",
     &table_rewrite},
    {"explicit-lock", Severity::warning, on_postgresql | on_mysql_family, Scope::raw,
     "A lock taken by hand stops others for as long as everything after it takes.", "as the statement says",
     "Leave the locking to the operations; each takes what it needs for as short as it can.",
     "LOCK TABLE orders;", &explicit_lock},
    {"lock-timeout-off", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "A statement that waits for a lock without a limit makes everyone behind it wait too.",
     "queue: everyone behind it waits", "Keep a short lock timeout and let the run be repeated.",
     "SET lock_timeout = 0;", &lock_timeout_off},
    {"no-lock-timeout", Severity::info, on_postgresql | on_mysql_family, Scope::raw,
     "While a change waits for its lock, every later query queues behind it: a short change becomes an "
     "outage.",
     "queue: everyone behind it waits",
     "`up` sets a short limit itself; where other programs run the file too, SET lock_timeout (MySQL and "
     "MariaDB: "
     "lock_wait_timeout) before it.",
     "ALTER TABLE orders ADD COLUMN note text;", nullptr, &no_lock_timeout},
    {"lock-timeout-on-concurrent", Severity::warning, on_postgresql, Scope::raw,
     "A concurrent build waits for old transactions by taking locks on them; a lock timeout kills it and "
     "leaves "
     "an invalid index.",
     "none", "SET lock_timeout = 0 has its place here alone: in a section of its own, or use add_index.",
     "SET lock_timeout = '1s'; CREATE INDEX CONCURRENTLY i ON orders (user_id);", nullptr,
     &lock_timeout_on_concurrent},
};

} // namespace

std::span<const Rule> postgresql_lock_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
