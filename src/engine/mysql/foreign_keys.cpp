#include "foreign_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

std::vector<NamedLine> present(Session& session, const Blueprint& blueprint, const std::string& table) {
    return foreign_key_lines(create_text(session, blueprint.source.schema, table));
}

bool has_name(const std::vector<NamedLine>& lines, const std::string& name) {
    return std::ranges::any_of(lines, [&](const NamedLine& line) { return same_name(line.name, name); });
}

bool refers_to(const std::string& definition, const std::string& table) {
    const auto [before, after] = around_referenced(definition);
    return before.ends_with(" REFERENCES ") && // not another database's
           definition == before + quote_name(table) + after;
}

// The definition on a table of ours.
std::string definition_on(const KeptForeignKey& key, const Blueprint& blueprint, const std::string& table) {
    if (!refers_to(key.definition, blueprint.source.name)) {
        return key.definition;
    }
    const auto [before, after] = around_referenced(key.definition);
    return before + quote_name(table) + after;
}

bool is_integer(const Column& column) {
    return column.data_type.ends_with("int");
}

// The column has the values that it had, under its name.
bool stays(const Table& source, const Table& target, const Blueprint& blueprint, const std::string& column,
           bool may_widen) {
    return std::ranges::any_of(blueprint.columns, [&](const MappedColumn& mapped) {
        if (!mapped.source || !same_name(*mapped.source, column) || !same_name(mapped.target, column)) {
            return false;
        }
        const Column* const from = source.column(column);
        const Column* const to = target.column(column);
        return mapped.identity || (may_widen && from != nullptr && to != nullptr && is_integer(*from) &&
                                   is_integer(*to) && mapped.forward_sql == quote_name(column));
    });
}

} // namespace

bool is_own_key(const ForeignKey& key, const Table& table) {
    return key.referenced_schema == table.schema && same_name(key.referenced_table, table.name);
}

bool has_own_key(const Blueprint& blueprint, const Detail& detail) {
    return std::ranges::any_of(detail.foreign_keys, [&](const KeptForeignKey& key) {
        return refers_to(key.definition, blueprint.source.name);
    });
}

std::pair<std::string, std::string> around_referenced(const std::string& definition) {
    const std::vector<Token> tokens = tokens_of(definition);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (tokens[i].kind == Token::Kind::word && tokens[i].text == "REFERENCES") {
            const bool qualified = tokens[i + 2].text == "." && i + 3 < tokens.size();
            const Token& table = tokens[i + (qualified ? 3 : 1)];
            return {definition.substr(0, table.begin), definition.substr(table.end)};
        }
    }
    check(false, "a foreign key without REFERENCES");
    return {};
}

std::vector<std::string> columns_of_key(const std::string& definition) {
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
    }
}

std::vector<KeptForeignKey> kept_foreign_keys(const Table& source, const Table& target,
                                              const Blueprint& blueprint) {
    std::vector<KeptForeignKey> kept;
    for (const NamedLine& line : foreign_key_lines(source.create_text)) {
        std::vector<std::string> columns = columns_of_key(line.definition);
        const bool own = refers_to(line.definition, source.name);
        if (own) {
            const std::vector<std::string> referred =
                columns_of_key(around_referenced(line.definition).second);
            columns.insert(columns.end(), referred.begin(), referred.end());
        }
        for (const std::string& column : columns) {
            if (!stays(source, target, blueprint, column, own)) {
                throw refused("the change touches '" + column + "', a column of the foreign key '" +
                              line.name + "'");
            }
        }
        kept.push_back(
            {line.name, fmt::format("{}_fk{}", blueprint.shadow_name, kept.size() + 1), line.definition});
    }
    return kept;
}

void rehearse_own_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& clone) {
    for (const KeptForeignKey& key : detail.foreign_keys) {
        if (!refers_to(key.definition, blueprint.source.name)) {
            continue;
        }
        const std::string name = quote_name(clone + "_fk");
        try {
            session.run(fmt::format("ALTER TABLE {} {}ADD CONSTRAINT {} {}", quote_name(clone),
                                    kept_index_clauses(create_text(session, blueprint.source.schema, clone),
                                                       {columns_of_key(key.definition)}),
                                    name, definition_on(key, blueprint, clone)));
        } catch (const DatabaseError& error) {
            if (!session.usable()) {
                throw;
            }
            throw refused(fmt::format("'{}' in the new shape cannot have the foreign key '{}' to itself: {}",
                                      blueprint.source.name, key.name, error.what()));
        }
        session.run(fmt::format("ALTER TABLE {} DROP FOREIGN KEY {}", quote_name(clone), name));
    }
}

bool add_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                      const std::string& waiting, Millis lock_timeout) {
    if (detail.foreign_keys.empty()) {
        return true;
    }
    const std::string waiting_text = create_text(session, blueprint.source.schema, waiting);
    const auto waiting_has = foreign_key_lines(waiting_text);
    const auto live_has = present(session, blueprint, blueprint.source.name);
    std::string adds;
    std::vector<std::vector<std::string>> columns;
    for (const KeptForeignKey& key : detail.foreign_keys) {
        if (has_name(waiting_has, key.name) || has_name(waiting_has, key.provisional)) {
            continue; // of a try that was cut off
        }
        columns.push_back(columns_of_key(key.definition));
        adds += fmt::format("ADD CONSTRAINT {} {}, ",
                            quote_name(has_name(live_has, key.name) ? key.provisional : key.name),
                            definition_on(key, blueprint, waiting));
    }
    if (adds.empty()) {
        return true;
    }
    const UncheckedForeignKeys unchecked{session};
    return run_within(session,
                      {fmt::format("ALTER TABLE {} {}{}ALGORITHM=INPLACE", quote_name(waiting),
                                   kept_index_clauses(waiting_text, columns), adds),
                       {},
                       "the foreign keys change sides under the lock",
                       Blocks::everyone_briefly},
                      lock_timeout);
}

bool drop_foreign_keys(Session& session, const Blueprint& blueprint, const Detail& detail,
                       const std::string& parked, Millis lock_timeout) {
    std::string drops;
    if (!detail.foreign_keys.empty() && table_exists(session, blueprint.source.schema, parked)) {
        for (const NamedLine& line : present(session, blueprint, parked)) {
            drops += "DROP FOREIGN KEY " + quote_name(line.name) + ", ";
        }
    }
    return drops.empty() ||
           run_within(session,
                      {fmt::format("ALTER TABLE {} {}ALGORITHM=INPLACE", quote_name(parked), drops),
                       {},
                       "no foreign key on the table that nobody uses",
                       Blocks::everyone_briefly},
                      lock_timeout);
}

bool restore_foreign_key_names(Session& session, const Blueprint& blueprint, const Detail& detail,
                               Millis lock_timeout) {
    std::string changes, kept_indexes;
    if (!detail.foreign_keys.empty()) {
        const std::string text = create_text(session, blueprint.source.schema, blueprint.source.name);
        const auto have = foreign_key_lines(text);
        std::vector<std::vector<std::string>> columns;
        for (const KeptForeignKey& key : detail.foreign_keys) {
            if (has_name(have, key.provisional)) {
                columns.push_back(columns_of_key(key.definition));
                changes += fmt::format("DROP FOREIGN KEY {}, ADD CONSTRAINT {} {}, ",
                                       quote_name(key.provisional), quote_name(key.name), key.definition);
            }
        }
        kept_indexes = kept_index_clauses(text, columns);
    }
    if (changes.empty()) {
        return true;
    }
    const UncheckedForeignKeys unchecked{session};
    return run_within(session,
                      {fmt::format("ALTER TABLE {} {}{}ALGORITHM=INPLACE", quote_name(blueprint.source.name),
                                   kept_indexes, changes),
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
