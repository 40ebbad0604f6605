#include "inbound_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "create_text.hpp"
#include "foreign_keys.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "tokens.hpp"
#include "turntable/error.hpp"
#include "unchecked.hpp"

namespace turntable::mysql {
namespace {

Error refused(const ForeignKey& key, const std::string& why) {
    return Error{ErrorKind::refused, "foreign_keys",
                 fmt::format("the foreign key '{}' of {}.{} refers to '{}'{}", key.name, key.schema,
                             key.table, key.referenced_table, why)}
        .next("drop it for the time of the change, or ask for a native form (--strategy instant, online)");
}

bool begins_with(const Index& index, const std::vector<std::string>& columns) {
    if (index.parts.size() < columns.size()) {
        return false;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!same_name(index.parts[i].column, columns[i]) || index.parts[i].prefix) {
            return false;
        }
    }
    return true;
}

bool is_unique_on(const Index& index, const std::vector<std::string>& columns) {
    return index.unique && index.parts.size() == columns.size() && begins_with(index, columns);
}

// What the children's keys need of the table they refer to.
void check_referenced(const ForeignKey& key, const Table& source, const Table& target,
                      const Blueprint& blueprint) {
    for (const std::string& column : key.referenced_columns) {
        const bool stays = std::ranges::any_of(blueprint.columns, [&](const MappedColumn& mapped) {
            return mapped.source && same_name(*mapped.source, column) && same_name(mapped.target, column) &&
                   mapped.identity;
        });
        if (!stays) {
            throw refused(key, ", by the column '" + column + "', which the change touches");
        }
    }
    const auto unique = [&](const Index& index) { return is_unique_on(index, key.referenced_columns); };
    const auto usable = [&](const Index& index) { return begins_with(index, key.referenced_columns); };
    const bool was_unique = std::ranges::any_of(source.indexes, unique);
    if (was_unique ? std::ranges::none_of(target.indexes, unique)
                   : std::ranges::none_of(target.indexes, usable)) {
        throw refused(key, ", and the change takes the index that it needs");
    }
}

std::string definition_to(const KeptInboundKey& key, const std::string& table) {
    return key.before + quote_name(table) + key.after;
}

std::vector<NamedLine> keys_of(Session& session, const KeptInboundKey& key) {
    return foreign_key_lines(create_text(session, key.schema, key.table));
}

std::string child_name(const KeptInboundKey& key) {
    return quote_name(key.schema) + "." + quote_name(key.table);
}

bool refers(const std::vector<NamedLine>& lines, const KeptInboundKey& key, const std::string& table) {
    return std::ranges::any_of(
        lines, [&](const NamedLine& line) { return line.definition == definition_to(key, table); });
}

bool has_name(const std::vector<NamedLine>& lines, const std::string& name) {
    return std::ranges::any_of(lines, [&](const NamedLine& line) { return same_name(line.name, name); });
}

bool alter_child(Session& session, const KeptInboundKey& key, const std::string& changes,
                 const std::string& purpose, Millis lock_timeout) {
    const UncheckedForeignKeys unchecked{session};
    return run_within(session,
                      {fmt::format("ALTER TABLE {} {}, ALGORITHM=INPLACE", child_name(key), changes),
                       {},
                       purpose,
                       Blocks::everyone_briefly},
                      lock_timeout);
}

std::string add_clause(const KeptInboundKey& key, const std::string& name, const std::string& table) {
    return fmt::format("ADD CONSTRAINT {} {}", quote_name(name), definition_to(key, table));
}

// information_schema shows keys of tables on which the account has a right, InnoDB all of them.
void refuse_unseen(Session& session, ServerKind kind, const Table& source) {
    const std::vector<std::string> all = referring_keys(session, kind, source.schema, source.name);
    const auto seen = std::ranges::count_if(source.inbound, [&](const ForeignKey& key) {
        return key.schema != source.schema || !same_name(key.table, source.name);
    });
    if (all.size() > static_cast<std::size_t>(seen)) {
        throw Error{ErrorKind::refused, "foreign_keys",
                    fmt::format("foreign keys refer to '{}' that this account cannot see, among: {}",
                                source.name, fmt::join(all, ", "))}
            .next("give the account rights on the tables that have them");
    }
}

// So that the key's index is not made anew: most are those that MySQL made for the first key.
std::string kept_index(Session& session, const KeptInboundKey& key) {
    return kept_index_clauses(create_text(session, key.schema, key.table), {columns_of_key(key.before)});
}

} // namespace

std::vector<KeptInboundKey> kept_inbound_keys(Session& session, ServerKind kind, const Table& source,
                                              const Table& target, const Blueprint& blueprint) {
    refuse_unseen(session, kind, source);
    std::vector<KeptInboundKey> kept;
    for (const ForeignKey& key : source.inbound) {
        if (kind == ServerKind::mariadb) {
            throw refused(key, "; MariaDB has no gapless way to turn it to the new table");
        }
        if (key.schema == source.schema && same_name(key.table, source.name)) {
            continue; // its own: foreign_keys.hpp
        }
        check_referenced(key, source, target, blueprint);
        KeptInboundKey inbound{key.schema, key.table,
                               key.name,   fmt::format("{}_in{}", blueprint.shadow_name, kept.size() + 1),
                               "",         ""};
        for (const NamedLine& line : keys_of(session, inbound)) {
            if (same_name(line.name, key.name)) {
                std::tie(inbound.before, inbound.after) = around_referenced(line.definition);
            }
        }
        check(!inbound.before.empty(), "a foreign key is not in its table's text");
        kept.push_back(std::move(inbound));
    }
    return kept;
}

std::string inbound_locks(const Detail& detail) {
    std::vector<std::string> children;
    for (const KeptInboundKey& key : detail.inbound) {
        children.push_back(child_name(key));
    }
    std::ranges::sort(children);
    children.erase(std::ranges::unique(children).begin(), children.end());
    std::string locks;
    for (const std::string& child : children) {
        locks += ", " + child + " WRITE";
    }
    return locks;
}

std::vector<Statement> inbound_statements(const Blueprint& blueprint, const Detail& detail) {
    std::vector<Statement> statements;
    for (const KeptInboundKey& key : detail.inbound) {
        statements.push_back(
            {fmt::format("ALTER TABLE {} {}, ALGORITHM=INPLACE", child_name(key),
                         add_clause(key, key.provisional, blueprint.shadow_name)),
             {},
             "under the lock, before the renaming: a second key, unchecked; after it the first "
             "one is dropped, and the name restored",
             Blocks::everyone_briefly});
    }
    return statements;
}

bool add_inbound_keys(Session& session, const Detail& detail, const std::string& waiting,
                      Millis lock_timeout) {
    return std::ranges::all_of(detail.inbound, [&](const KeptInboundKey& key) {
        const std::vector<NamedLine> lines = keys_of(session, key);
        const std::string& name = has_name(lines, key.provisional) ? key.name : key.provisional;
        return refers(lines, key, waiting) ||
               alter_child(session, key, kept_index(session, key) + add_clause(key, name, waiting),
                           "a child's second key, to the table that waits for the name", lock_timeout);
    });
}

bool drop_stray_inbound_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                             Millis lock_timeout) {
    return std::ranges::all_of(detail.inbound, [&](const KeptInboundKey& key) {
        if (!table_exists(session, key.schema, key.table)) {
            return true;
        }
        const std::vector<NamedLine> lines = keys_of(session, key);
        if (!refers(lines, key, blueprint.source.name)) {
            return true; // dropped by somebody else; never the last one
        }
        return std::ranges::all_of(lines, [&](const NamedLine& line) {
            const bool stray = line.definition == definition_to(key, blueprint.shadow_name) ||
                               line.definition == definition_to(key, blueprint.old_name);
            return !stray || alter_child(session, key, "DROP FOREIGN KEY " + quote_name(line.name),
                                         "a child's key to a table that is not the live one", lock_timeout);
        });
    });
}

bool restore_inbound_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                           Millis lock_timeout) {
    return std::ranges::all_of(detail.inbound, [&](const KeptInboundKey& key) {
        if (!table_exists(session, key.schema, key.table)) {
            return true;
        }
        const std::vector<NamedLine> lines = keys_of(session, key);
        const bool restorable = std::ranges::any_of(lines, [&](const NamedLine& line) {
            return same_name(line.name, key.provisional) &&
                   line.definition == definition_to(key, blueprint.source.name);
        });
        return !restorable || has_name(lines, key.name) ||
               alter_child(session, key,
                           kept_index(session, key) + "DROP FOREIGN KEY " + quote_name(key.provisional) +
                               ", " + add_clause(key, key.name, blueprint.source.name),
                           "a child's key gets its own name back", lock_timeout);
    });
}

std::string inbound_text(Session& session, const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> lines;
    for (const ForeignKey& key : foreign_keys_to(session, blueprint.source.schema, blueprint.source.name)) {
        if (key.schema == blueprint.source.schema && same_name(key.table, blueprint.source.name)) {
            continue; // its own: in its own text
        }
        const auto kept = std::ranges::find_if(detail.inbound, [&](const KeptInboundKey& inbound) {
            return same_name(inbound.provisional, key.name);
        });
        lines.push_back(fmt::format("{} of {}.{} ({}) -> ({}) on delete {}, on update {}\n",
                                    kept == detail.inbound.end() ? key.name : kept->name, key.schema,
                                    key.table, fmt::join(key.columns, ","),
                                    fmt::join(key.referenced_columns, ","), key.on_delete, key.on_update));
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, ""));
}

} // namespace turntable::mysql
