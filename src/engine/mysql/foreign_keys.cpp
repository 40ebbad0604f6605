#include "foreign_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "create_text.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "tokens.hpp"
#include "turntable/error.hpp"
#include "unchecked.hpp"

namespace turntable::mysql {
namespace {

Error refused(const std::string& what) {
    return Error{ErrorKind::refused, "foreign_keys", what}.next(
        "drop it for the time of the change, or ask for a native form (--strategy instant, online)");
}

// The columns in the first parentheses of "FOREIGN KEY (`a`,`b`) REFERENCES …".
std::vector<std::string> columns_of(const std::string& definition) {
    std::vector<std::string> columns;
    for (const Token& token : tokens_of(definition)) {
        if (token.kind == Token::Kind::symbol && token.text == ")") {
            break;
        }
        if (token.kind == Token::Kind::name) {
            columns.push_back(token.text);
        }
    }
    return columns;
}

std::vector<NamedLine> present(Session& session, const Blueprint& blueprint, const std::string& table) {
    return foreign_key_lines(create_text(session, blueprint.source.schema, table));
}

bool has_name(const std::vector<NamedLine>& lines, const std::string& name) {
    return std::ranges::any_of(lines, [&](const NamedLine& line) { return same_name(line.name, name); });
}

} // namespace

void check_foreign_keys(ServerKind kind, const Table& table, const Settings& settings) {
    if (settings.foreign_keys == ForeignKeyChoice::refuse) {
        for (const ForeignKey& key : table.outgoing) {
            throw refused("--foreign-keys refuse: '" + table.name + "' has the foreign key '" + key.name +
                          "' to " + key.referenced_table);
        }
        for (const ForeignKey& key : table.inbound) {
            throw refused("--foreign-keys refuse: the foreign key '" + key.name + "' of " + key.schema + "." +
                          key.table + " refers to '" + table.name + "'");
        }
    }
    for (const ForeignKey& key : table.outgoing) {
        const std::string named =
            "'" + table.name + "' has the foreign key '" + key.name + "' to " + key.referenced_table;
        if (kind == ServerKind::mariadb) {
            throw refused(named + "; MariaDB has no gapless way to move it to the new table");
        }
        if (key.referenced_schema == table.schema && same_name(key.referenced_table, table.name)) {
            throw refused(named + ", itself");
        }
    }
}

std::vector<KeptForeignKey> kept_foreign_keys(const Table& source, const Blueprint& blueprint) {
    std::vector<KeptForeignKey> kept;
    for (const NamedLine& line : foreign_key_lines(source.create_text)) {
        for (const std::string& column : columns_of(line.definition)) {
            const bool stays = std::ranges::any_of(blueprint.columns, [&](const MappedColumn& mapped) {
                return mapped.source && same_name(*mapped.source, column) &&
                       same_name(mapped.target, column) && mapped.identity;
            });
            if (!stays) {
                throw refused("the change touches '" + column + "', a column of the foreign key '" +
                              line.name + "'");
            }
        }
        kept.push_back(
            {line.name, fmt::format("{}_fk{}", blueprint.shadow_name, kept.size() + 1), line.definition});
    }
    return kept;
}

bool add_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                      const std::string& waiting, Millis lock_timeout) {
    const auto waiting_has = present(session, blueprint, waiting);
    const auto live_has = present(session, blueprint, blueprint.source.name);
    std::string adds;
    for (const KeptForeignKey& key : detail.foreign_keys) {
        if (has_name(waiting_has, key.name) || has_name(waiting_has, key.provisional)) {
            continue; // of a try that was cut off
        }
        adds += fmt::format("ADD CONSTRAINT {} {}, ",
                            quote_name(has_name(live_has, key.name) ? key.provisional : key.name),
                            key.definition);
    }
    if (adds.empty()) {
        return true;
    }
    const UncheckedForeignKeys unchecked{session};
    return run_within(session,
                      {fmt::format("ALTER TABLE {} {}ALGORITHM=INPLACE", quote_name(waiting), adds),
                       {},
                       "the foreign keys change sides under the lock",
                       Blocks::everyone_briefly},
                      lock_timeout);
}

void drop_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& parked) {
    std::string drops;
    if (!detail.foreign_keys.empty() && table_exists(session, blueprint.source.schema, parked)) {
        for (const NamedLine& line : present(session, blueprint, parked)) {
            drops += (drops.empty() ? "DROP FOREIGN KEY " : ", DROP FOREIGN KEY ") + quote_name(line.name);
        }
    }
    if (!drops.empty()) {
        session.run(fmt::format("ALTER TABLE {} {}, ALGORITHM=INPLACE", quote_name(parked), drops));
    }
}

bool restore_foreign_key_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                               Millis lock_timeout) {
    std::string changes;
    if (!detail.foreign_keys.empty()) {
        const auto have = present(session, blueprint, blueprint.source.name);
        for (const KeptForeignKey& key : detail.foreign_keys) {
            if (has_name(have, key.provisional)) {
                changes += fmt::format("DROP FOREIGN KEY {}, ADD CONSTRAINT {} {}, ",
                                       quote_name(key.provisional), quote_name(key.name), key.definition);
            }
        }
    }
    if (changes.empty()) {
        return true;
    }
    const UncheckedForeignKeys unchecked{session};
    return run_within(
        session,
        {fmt::format("ALTER TABLE {} {}ALGORITHM=INPLACE", quote_name(blueprint.source.name), changes),
         {},
         "the foreign keys get their own names back",
         Blocks::everyone_briefly},
        lock_timeout);
}

std::string foreign_keys_text(const std::string& create, bool named) {
    std::vector<std::string> lines;
    for (const NamedLine& line : foreign_key_lines(create)) {
        lines.push_back((named ? line.name + " " : "") + line.definition + "\n");
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, ""));
}

} // namespace turntable::mysql
