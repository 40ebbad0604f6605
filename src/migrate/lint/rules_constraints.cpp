// Constraints that are checked against every row under a lock.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string table(const Place& place) {
    return place.action.object.display();
}

// A constraint written into ADD COLUMN of the same step: it is checked with the column, which has no values.
bool of_new_column(const Place& place) {
    return place.action.keys.size() == 1 &&
           std::any_of(place.step.actions.begin(), place.step.actions.end(), [&](const SqlAction& other) {
               return other.kind == ActionKind::add_column && other.name == place.action.keys.front() &&
                      other.column.default_kind == DefaultKind::none;
           });
}

std::string unique_constraint_direct(const Place& place) {
    return place.action.kind == ActionKind::add_unique && !place.action.using_index &&
                   place.on_existing_table()
               ? fmt::format("the index of the constraint on {} is built while everyone waits", table(place))
               : "";
}

std::string primary_key_direct(const Place& place) {
    return place.action.kind == ActionKind::add_primary_key && !place.action.using_index &&
                   place.on_existing_table()
               ? fmt::format("the primary key of {} is built while everyone waits", table(place))
               : "";
}

std::string primary_key_on_nullable(const Place& place) {
    const SqlAction& action = place.action;
    const KnownTable* const table_known = place.schema.table(action.object);
    if (action.kind != ActionKind::add_primary_key || action.to.empty() || table_known == nullptr) {
        return "";
    }
    for (const KnownIndex& index : table_known->indexes) {
        if (!place.schema.same_name(index.name, action.to)) {
            continue;
        }
        for (const std::string& key : index.keys) {
            const SqlColumn* const column = place.schema.column(action.object, key);
            if (column != nullptr && !column->not_null && !column->primary_key) {
                return fmt::format("{}.{} may be NULL: every row is read while everyone waits", table(place),
                                   key);
            }
        }
    }
    return "";
}

std::string exclusion_constraint(const Place& place) {
    return place.action.kind == ActionKind::add_exclusion && place.on_existing_table()
               ? fmt::format("the exclusion constraint of {} is built and checked while everyone waits",
                             table(place))
               : "";
}

std::string fk_validated_at_once(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::add_foreign_key && !action.not_valid && place.on_existing_table() &&
                   !of_new_column(place)
               ? fmt::format("every row of {} is looked up in {} under the lock", table(place),
                             action.references.display())
               : "";
}

std::string check_validated_at_once(const Place& place) {
    return place.action.kind == ActionKind::add_check && !place.action.not_valid &&
                   place.on_existing_table() && !of_new_column(place)
               ? fmt::format("every row of {} is checked under the lock", table(place))
               : "";
}

std::string set_not_null_scan(const Place& place) {
    return place.action.kind == ActionKind::set_not_null && place.on_existing_table()
               ? fmt::format("every row of {} is read under the lock to see that {} is never NULL",
                             table(place), place.action.name)
               : "";
}

// NOT VALID and VALIDATE in one transaction: the strong lock of the first is held during the scan.
std::vector<Spot> validate_in_same_tx(const MigrationView& view) {
    bool added = false;
    std::vector<Spot> spots;
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            added = added || action.not_valid;
            if (action.kind == ActionKind::validate_constraint && added && view.transaction) {
                spots.push_back(
                    {"", step.line,
                     fmt::format("{} is validated in the transaction that added it", action.name)});
            }
        }
    }
    return spots;
}

std::string domain_constraint(const Place& place) {
    const SqlAction& action = place.action;
    return action.kind == ActionKind::create_domain && action.where && action.if_exists && !action.not_valid
               ? fmt::format("every column of type {} is checked under its table's lock",
                             action.object.display())
               : "";
}

std::string drop_foreign_key(const Place& place) {
    return place.action.kind == ActionKind::drop_foreign_key
               ? fmt::format("{} no longer keeps orphans out of {}", place.action.name, table(place))
               : "";
}

// A column that the files show to be nullable does without.
std::string drop_default(const Place& place) {
    const SqlColumn* const column = place.schema.column(place.action.object, place.action.name);
    if (place.action.kind != ActionKind::drop_default || !place.on_existing_table() ||
        (column != nullptr && !column->not_null && !column->primary_key)) {
        return "";
    }
    return fmt::format("{} of {} gets no value any more where an INSERT leaves it out", place.action.name,
                       place.action.object.display());
}

std::string drop_not_null(const Place& place) {
    return place.action.kind == ActionKind::drop_not_null
               ? fmt::format("{}.{} may be NULL: code that reads it has never met one", table(place),
                             place.action.name)
               : "";
}

std::string not_null_without_fill(const Place& place) {
    return place.action.kind == ActionKind::set_not_null && !place.action.where && place.on_existing_table()
               ? fmt::format("one NULL in {}.{} and it fails", table(place), place.action.name)
               : "";
}

std::string unique_on_data(const Place& place) {
    const SqlAction& action = place.action;
    const bool adds =
        action.kind == ActionKind::add_unique || (action.kind == ActionKind::create_index && action.unique);
    return adds && !action.using_index && place.on_existing_table() && !of_new_column(place)
               ? fmt::format("one pair of duplicates in {} and it fails halfway", table(place))
               : "";
}

constexpr Rule rows[] = {
    {"unique-constraint-direct", Severity::error, on_postgresql, Scope::raw,
     "ADD UNIQUE builds its index under the lock of ALTER TABLE.",
     "ACCESS EXCLUSIVE: everyone on the table waits",
     "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX; or the operation "
     "add_unique.",
     "ALTER TABLE users ADD CONSTRAINT u UNIQUE (email);", &unique_constraint_direct},
    {"primary-key-direct", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "PostgreSQL builds the index under an exclusive lock; MySQL and MariaDB rewrite the table and all "
     "its indexes.",
     "exclusive: everyone on the table waits",
     "The operation set_primary_key; on PostgreSQL also a unique index built CONCURRENTLY, then USING "
     "INDEX.",
     "ALTER TABLE users ADD PRIMARY KEY (id);", &primary_key_direct},
    {"primary-key-on-nullable", Severity::error, on_postgresql, Scope::raw,
     "ADD PRIMARY KEY USING INDEX makes its columns NOT NULL, and reads every row for that.",
     "ACCESS EXCLUSIVE: everyone on the table waits",
     "Make them NOT NULL first, by set_not_null; or the operation set_primary_key.",
     "ALTER TABLE users ADD PRIMARY KEY USING INDEX users_code;", &primary_key_on_nullable},
    {"exclusion-constraint", Severity::warning, on_postgresql, Scope::raw,
     "An exclusion constraint has no NOT VALID form.", "ACCESS EXCLUSIVE: everyone on the table waits",
     "Create it with a new table, or change the table online.",
     "ALTER TABLE rooms ADD EXCLUDE USING gist (during WITH &&);", &exclusion_constraint},
    {"fk-validated-at-once", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "Both tables stay locked while every row is looked up.",
     "SHARE ROW EXCLUSIVE on both tables (PostgreSQL), a copy without writers (MySQL, MariaDB)",
     "ADD … NOT VALID, later VALIDATE CONSTRAINT in another transaction; or the operation "
     "add_foreign_key.",
     "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);", &fk_validated_at_once},
    {"check-validated-at-once", Severity::error, on_postgresql | on_mysql_family, Scope::raw,
     "Every row is checked under the lock.",
     "ACCESS EXCLUSIVE (PostgreSQL), a copy without writers (MySQL, MariaDB)",
     "ADD … NOT VALID, later VALIDATE CONSTRAINT in another transaction; or the operation add_check.",
     "ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0);", &check_validated_at_once},
    {"validate-in-same-tx", Severity::warning, on_postgresql, Scope::raw,
     "The lock that ADD … NOT VALID took is kept until the transaction ends, so also during the scan.",
     "ACCESS EXCLUSIVE: everyone on the table waits",
     "VALIDATE CONSTRAINT in a migration of its own, or tx=off.",
     "ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID; ALTER TABLE orders VALIDATE "
     "CONSTRAINT c;",
     nullptr, &validate_in_same_tx},
    {"set-not-null-scan", Severity::error, on_postgresql, Scope::raw,
     "SET NOT NULL reads the whole table under the lock of ALTER TABLE.",
     "ACCESS EXCLUSIVE: everyone on the table waits",
     "The operation set_not_null: it probes, fills, and proves it by a constraint that was validated "
     "before.",
     "ALTER TABLE users ALTER COLUMN email SET NOT NULL;", &set_not_null_scan},
    {"not-null-without-fill", Severity::warning, on_all, Scope::typed,
     "Production has NULLs that no test database has.", "none: it is refused by the probe",
     "Give `fill`, and `default` for rows that come meanwhile.",
     "kind = \"set_not_null\", table = \"users\", column = \"email\"", &not_null_without_fill},
    {"domain-constraint", Severity::warning, on_postgresql, Scope::raw,
     "A new constraint of a domain is checked in every table that uses it.",
     "SHARE on every table that uses the domain",
     "ADD … NOT VALID, later VALIDATE; or a CHECK of the columns.",
     "ALTER DOMAIN email ADD CHECK (value <> '');", &domain_constraint},
    {"drop-foreign-key", Severity::warning, on_all, Scope::any,
     "Orphans appear unseen, and putting the key back fails on them.", "short",
     "Say in a suppression what keeps the rows together instead.", "ALTER TABLE orders DROP FOREIGN KEY f;",
     &drop_foreign_key},
    {"drop-default", Severity::warning, on_all, Scope::any,
     "Code that is still running leaves the column out, and fails where it is NOT NULL.", "short",
     "Keep the default until that code is gone, then a migration of phase contract.",
     "ALTER TABLE users ALTER COLUMN state DROP DEFAULT;", &drop_default},
    {"drop-not-null", Severity::warning, on_all, Scope::any,
     "Code that reads the column relies on a value being there.", "short",
     "Make the readers ready first, and say so in a suppression.",
     "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;", &drop_not_null},
    {"unique-on-data", Severity::warning, on_all, Scope::raw,
     "The statement fails on the first pair of duplicates, after having read the whole table.",
     "none: it fails",
     "The operation add_unique or add_index, which counts duplicates before anything is touched.",
     "CREATE UNIQUE INDEX u ON users (email);", &unique_on_data},
};

} // namespace

std::span<const Rule> postgresql_constraint_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
