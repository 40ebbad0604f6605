// Keys and indexes of tables.
#include <algorithm>

#include <fmt/format.h>

#include "migrate/lint/rule.hpp"

namespace turntable::migrate::lint {
namespace {

std::string missing_primary_key(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::create_table || action.columns.empty() || action.using_index ||
        action.temporary) {
        return "";
    }
    const bool key = std::any_of(action.parts.begin(), action.parts.end(), [](const SqlAction& part) {
        return part.kind == ActionKind::add_primary_key;
    });
    const auto later = [&](const Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), [&](const SqlAction& other) {
            return other.kind == ActionKind::add_primary_key &&
                   place.schema.key(other.object) == place.schema.key(action.object);
        });
    };
    return key || std::any_of(place.view.up.begin(), place.view.up.end(), later)
               ? ""
               : fmt::format("{} has no primary key", action.object.display());
}

bool starts_with(const std::vector<std::string>& keys, const std::vector<std::string>& prefix,
                 const SchemaModel& names) {
    return !prefix.empty() && prefix.size() <= keys.size() &&
           std::equal(prefix.begin(), prefix.end(), keys.begin(),
                      [&](const std::string& a, const std::string& b) {
                          return a != "(…)" && names.same_name(a, b);
                      });
}

bool has_expression(const std::vector<std::string>& keys) {
    return std::find(keys.begin(), keys.end(), "(…)") != keys.end();
}

// The index that makes this one superfluous, among those known.
std::string covered_by(const std::vector<KnownIndex>& indexes, const SqlAction& action,
                       const SchemaModel& names) {
    for (const KnownIndex& index : indexes) {
        const bool equal = index.keys.size() == action.keys.size();
        if (!index.partial && starts_with(index.keys, action.keys, names) &&
            (!action.unique || (equal && index.unique))) {
            return index.name.empty() ? "a key of the same columns" : index.name;
        }
    }
    return "";
}

std::string duplicate_index(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind == ActionKind::create_table) {
        std::vector<KnownIndex> seen;
        for (const SqlAction& part : action.parts) {
            const bool index = part.kind == ActionKind::create_index || part.kind == ActionKind::add_unique ||
                               part.kind == ActionKind::add_primary_key;
            if (const std::string by = index && !part.partial ? covered_by(seen, part, place.schema) : "";
                !by.empty()) {
                return fmt::format(
                    "{} begins with the columns of an index of {}: one of them is never needed", by,
                    action.object.display());
            }
            if (index) {
                seen.push_back({part.name, part.keys, part.kind != ActionKind::create_index, part.partial});
            }
        }
        return "";
    }
    const KnownTable* const table = place.schema.table(action.object);
    if ((action.kind != ActionKind::create_index && action.kind != ActionKind::add_unique) ||
        table == nullptr || action.partial || has_expression(action.keys)) {
        return "";
    }
    const std::string by = covered_by(table->indexes, action, place.schema);
    return by.empty() ? "" : fmt::format("{} of {} does its work already", by, action.object.display());
}

std::string wide_index(const Place& place) {
    return place.action.kind == ActionKind::create_index && place.action.keys.size() > 5
               ? fmt::format("an index of {} columns is written on nearly every change",
                             place.action.keys.size())
               : "";
}

bool is_index(const SqlAction& action) {
    return action.kind == ActionKind::create_index || action.kind == ActionKind::add_unique ||
           action.kind == ActionKind::add_primary_key;
}

bool indexed_later(const MigrationView& view, const SqlAction& key, const SchemaModel& names) {
    return std::any_of(view.up.begin(), view.up.end(), [&](const Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), [&](const SqlAction& action) {
            return is_index(action) && names.key(action.object) == names.key(key.object) && !action.partial &&
                   starts_with(action.keys, key.keys, names);
        });
    });
}

std::string unindexed(const SqlAction& key, const std::vector<SqlAction>& parts, const Place& place) {
    const KnownTable* const table = place.schema.table(key.object);
    const bool by_part = std::any_of(parts.begin(), parts.end(), [&](const SqlAction& part) {
        return is_index(part) && starts_with(part.keys, key.keys, place.schema);
    });
    const bool by_table =
        table != nullptr &&
        std::any_of(table->indexes.begin(), table->indexes.end(), [&](const KnownIndex& index) {
            return !index.partial && starts_with(index.keys, key.keys, place.schema);
        });
    if (by_part || by_table || indexed_later(place.view, key, place.schema)) {
        return "";
    }
    return fmt::format("no index begins with {}: every DELETE in {} reads all of {}",
                       fmt::join(key.keys, ", "), key.references.display(), key.object.display());
}

std::string fk_unindexed(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind == ActionKind::add_foreign_key) {
        return unindexed(action, place.step.actions, place);
    }
    if (action.kind != ActionKind::create_table) {
        return "";
    }
    for (const SqlAction& part : action.parts) {
        const std::string found =
            part.kind == ActionKind::add_foreign_key ? unindexed(part, action.parts, place) : "";
        if (!found.empty()) {
            return found;
        }
    }
    return "";
}

bool same_columns(const std::vector<std::string>& a, const std::vector<std::string>& b,
                  const SchemaModel& names) {
    return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin(),
                                                       [&](const std::string& x, const std::string& y) {
                                                           return names.same_name(x, y);
                                                       });
}

// A key over exactly these columns of the parent, which stands after this migration.
bool is_key(const SqlAction& fk, const std::vector<SqlAction>& own_parts, const Place& place) {
    const auto fits = [&](const SqlAction& part) {
        const bool unique = part.kind == ActionKind::add_unique || part.kind == ActionKind::add_primary_key ||
                            (part.kind == ActionKind::create_index && part.unique && !part.partial);
        return unique && place.schema.key(part.object) == place.schema.key(fk.references) &&
               same_columns(part.keys, fk.referenced, place.schema);
    };
    const auto later = [&](const Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), fits);
    };
    const KnownTable* const parent = place.schema.table(fk.references);
    return std::any_of(own_parts.begin(), own_parts.end(), fits) ||
           std::any_of(place.view.up.begin(), place.view.up.end(), later) ||
           (parent != nullptr &&
            std::any_of(parent->indexes.begin(), parent->indexes.end(), [&](const KnownIndex& index) {
                return index.unique && !index.partial &&
                       same_columns(index.keys, fk.referenced, place.schema);
            }));
}

std::string loose_parent(const SqlAction& fk, const std::vector<SqlAction>& own_parts, const Place& place) {
    const KnownTable* const parent = place.schema.table(fk.references);
    const bool itself = !own_parts.empty() && place.schema.key(fk.object) == place.schema.key(fk.references);
    const bool known = itself || (parent != nullptr && parent->complete);
    return fk.referenced.empty() || !known || is_key(fk, own_parts, place)
               ? ""
               : fmt::format("{} of {} is not unique: which row is the parent?",
                             fmt::join(fk.referenced, ", "), fk.references.display());
}

std::string fk_parent_not_unique(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind == ActionKind::add_foreign_key) {
        return loose_parent(action, {}, place);
    }
    if (action.kind != ActionKind::create_table) {
        return "";
    }
    for (const SqlAction& part : action.parts) {
        const std::string found =
            part.kind == ActionKind::add_foreign_key ? loose_parent(part, action.parts, place) : "";
        if (!found.empty()) {
            return found;
        }
    }
    return "";
}

std::string id_without_fk(const Place& place) {
    const SqlAction& action = place.action;
    if (action.kind != ActionKind::create_table) {
        return "";
    }
    const auto found =
        std::find_if(action.columns.begin(), action.columns.end(), [&](const SqlColumn& column) {
            const bool covered =
                std::any_of(action.parts.begin(), action.parts.end(), [&](const SqlAction& part) {
                    return part.kind == ActionKind::add_foreign_key &&
                           std::find(part.keys.begin(), part.keys.end(), column.name) != part.keys.end();
                });
            return column.name.size() > 3 && column.name.ends_with("_id") && !column.primary_key && !covered;
        });
    return found == action.columns.end()
               ? ""
               : fmt::format("{}.{} looks like a reference, and nothing keeps it one",
                             action.object.display(), found->name);
}

constexpr Rule rows[] = {
    {"missing-primary-key", Severity::error, on_all, Scope::any,
     "Without a key rows cannot be told apart: no online change, slow replicas.", "none",
     "A primary key, best a bigint identity.", "CREATE TABLE logs (at timestamptz);", &missing_primary_key},
    {"duplicate-index", Severity::warning, on_all, Scope::any,
     "An index whose columns another one begins with costs every write and helps no query.", "none",
     "Leave it out, or drop the shorter one.", "CREATE INDEX i ON t (a); CREATE INDEX j ON t (a);",
     &duplicate_index},
    {"wide-index", Severity::info, on_all, Scope::any, "An index of many columns is large and written often.",
     "none", "The few columns that queries begin with.", "CREATE INDEX i ON t (a, b, c, d, e, f);",
     &wide_index},
    {"fk-unindexed", Severity::warning, on_postgresql | on_sqlite, Scope::any,
     "MySQL and MariaDB index a foreign key by themselves; here every DELETE of a parent reads the whole "
     "child.",
     "none", "An index that begins with the key's columns.",
     "CREATE TABLE o (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));", &fk_unindexed},
    {"fk-parent-not-unique", Severity::error, on_mysql_family | on_sqlite, Scope::any,
     "InnoDB takes any index of the parent, and then a child has several parents; SQLite takes anything and "
     "fails at the first row.",
     "none", "Refer to the primary key, or make the parent's columns unique first.",
     "CREATE TABLE o (id bigint PRIMARY KEY, u bigint, FOREIGN KEY (u) REFERENCES users (age));",
     &fk_parent_not_unique},
    {"id-without-fk", Severity::off, on_all, Scope::any, "A reference without a key fills with orphans.",
     "none", "A foreign key.", "CREATE TABLE o (id bigint PRIMARY KEY, user_id bigint);", &id_without_fk},
};

} // namespace

std::span<const Rule> key_rules() {
    return rows;
}

} // namespace turntable::migrate::lint
