#include "foreign_key_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "create_text.hpp"
#include "foreign_keys.hpp"
#include "mapping.hpp"
#include "names.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"
#include "unchecked.hpp"

namespace turntable::mysql {
namespace {

constexpr std::string_view in_place = ", ALGORITHM=INPLACE, LOCK=NONE";

bool names_key(const Table& table, const std::string& name) {
    return std::ranges::any_of(table.outgoing,
                               [&](const ForeignKey& key) { return same_name(key.name, name); });
}

bool is_about_key(const Clause& clause, const Table& table) {
    return clause.kind == Clause::Kind::add_foreign_key || clause.kind == Clause::Kind::drop_foreign_key ||
           (clause.kind == Clause::Kind::drop_constraint && names_key(table, clause.column));
}

std::string names_of(const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& column : columns) {
        out += (out.empty() ? "" : ", ") + quote_name(column);
    }
    return out;
}

// Of two databases or of one, as SHOW CREATE TABLE on the child writes it.
std::string parent_text(const Table& source, const std::string& schema, const std::string& parent) {
    return (schema == source.schema ? "" : quote_name(schema) + ".") + quote_name(parent);
}

// MATCH SIMPLE: with a NULL in it a key refers to nothing. The LIMIT keeps the optimizer from reading the
// whole parent for each range of the child.
std::string orphan_condition(const std::vector<std::string>& columns, const std::string& parent,
                             const std::vector<std::string>& parent_columns) {
    std::string given, equal;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        given += fmt::format("src.{} IS NOT NULL AND ", quote_name(columns[i]));
        equal += fmt::format("{}_tt_parent.{} = src.{}", i == 0 ? "" : " AND ",
                             quote_name(parent_columns.at(i)), quote_name(columns[i]));
    }
    return fmt::format("{}(SELECT 1 FROM {} AS _tt_parent WHERE {} LIMIT 1) IS NULL", given, parent, equal);
}

std::string shown_columns(const std::vector<std::string>& columns) {
    std::string list;
    for (const std::string& column : columns) {
        list += ", src." + quote_name(column);
    }
    return columns.size() == 1 ? list.substr(2) : "CONCAT_WS(', '" + list + ")";
}

std::vector<IndexLine> missing_from(const std::vector<IndexLine>& lines, const std::vector<IndexLine>& all) {
    std::vector<IndexLine> missing;
    std::ranges::copy_if(all, std::back_inserter(missing), [&](const IndexLine& line) {
        return std::ranges::none_of(lines, [&](const IndexLine& one) { return one.name == line.name; });
    });
    return missing;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

class ForeignKeyPlan {
  public:
    ForeignKeyPlan(Session& session, Scratch& scratch, const Table& source, Blueprint& blueprint,
                   Detail& detail)
        : session_(session),
          scratch_(scratch),
          source_(source),
          blueprint_(blueprint),
          detail_(detail),
          keys_(source.outgoing) {}

    void run(const Change& change) {
        scratch_.renew();
        for (const std::vector<Clause>& list : change.clauses) {
            for (const Clause& clause : list) {
                if (clause.kind == Clause::Kind::add_foreign_key) {
                    clause_ = clause.text;
                    add(clause.key);
                } else {
                    drop(clause);
                }
            }
        }
        detail_.target_text =
            normalised(create_text(session_, source_.schema, scratch_.name()), source_.name);
        write_second_look();
    }

  private:
    void drop(const Clause& clause) {
        const auto key = std::ranges::find_if(
            keys_, [&](const ForeignKey& one) { return same_name(one.name, clause.column); });
        if (key == keys_.end()) {
            throw Error{ErrorKind::usage, "unknown_constraint",
                        fmt::format("'{}' has no foreign key '{}'", source_.name, clause.column)};
        }
        const auto lines = foreign_key_lines(source_.create_text);
        const auto line =
            std::ranges::find_if(lines, [&](const NamedLine& one) { return same_name(one.name, key->name); });
        check(line != lines.end(), "a foreign key is not in the definition of its table");
        const std::string parent = parent_text(source_, key->referenced_schema, key->referenced_table);
        step({KeyStep::Kind::drop_key, line->name, line->definition, key->referenced_schema,
              key->referenced_table, orphan_condition(key->columns, parent, key->referenced_columns)},
             "DROP FOREIGN KEY " + quote_name(line->name),
             "the catalogue alone; the index stays, and no row is looked at");
        keys_.erase(key);
    }

    void add(WrittenKey key) {
        const Table parent = known_parent(key);
        key.parent_schema = parent.schema;
        key.parent = parent_ = parent.name;
        const std::string name = free_name(key);
        const bool own = key.parent_schema == source_.schema && same_name(key.parent, source_.name);
        if (!own) {
            scratch_.renew_parent(parent.schema, parent.name);
        }
        const std::string clone_parent = own ? scratch_.name() : scratch_.parent_name();
        const std::string keep = learn_index(key, name, clone_parent);
        const std::string on_clone = learn(key, keep, clone_parent);
        const auto [before, after] = around_referenced(on_clone);
        const std::string referred = parent_text(source_, key.parent_schema, key.parent);
        const std::string orphans = orphan_condition(key.columns, referred, key.parent_columns);
        step(
            {KeyStep::Kind::add_key, name, before + referred + after, key.parent_schema, key.parent, orphans},
            fmt::format("{}ADD CONSTRAINT {} {}", keep, quote_name(name), before + referred + after),
            purpose(own));
        detail_.row_rules.push_back({"foreign_key", name, orphans, shown_columns(key.columns)});
        ForeignKey& added = keys_.emplace_back();
        added.name = name;
    }

    [[nodiscard]] std::string purpose(bool own) const {
        const std::string what = "with foreign_key_checks = 0, so that no row is copied; ";
        if (detail_.kind == ServerKind::mysql) {
            return what +
                   fmt::format("it waits for the open transactions on {} and {}", source_.name, parent_);
        }
        return what +
               fmt::format("under LOCK TABLES {} WRITE{}", source_.name, own ? "" : ", " + parent_ + " READ");
    }

    Table known_parent(const WrittenKey& key) {
        for (const std::string& column : key.columns) {
            require_column(source_, column);
        }
        Table parent =
            read_table(session_, key.parent_schema.empty() ? source_.schema : key.parent_schema, key.parent);
        for (const std::string& column : key.parent_columns) {
            require_column(parent, column);
        }
        if (key.columns.size() != key.parent_columns.size()) {
            throw Error{ErrorKind::usage, "bad_clause", "a foreign key has as many columns as it refers to"};
        }
        if (parent.kind != "BASE TABLE" || !same_name(parent.engine, "InnoDB")) {
            throw Error{
                ErrorKind::refused, "foreign_key_refused",
                fmt::format("'{}' is no table of InnoDB that a foreign key could refer to", parent.name)};
        }
        if (parent.schema != source_.schema || !same_name(parent.name, source_.name)) {
            refuse_busy_parent(session_, parent.schema, parent.name);
        }
        return parent;
    }

    static void require_column(const Table& table, const std::string& column) {
        if (table.column(column) == nullptr) {
            throw Error{ErrorKind::usage, "unknown_column",
                        fmt::format("'{}' has no column '{}'", table.name, column)};
        }
    }

    // As the server names it. Names of foreign keys belong to the database.
    std::string free_name(const WrittenKey& key) {
        std::string name = key.name;
        if (detail_.kind == ServerKind::mariadb && !key.index.empty()) {
            name = key.index;
        }
        if (name.empty()) {
            name = made_up_name();
        }
        const bool on_table =
            std::ranges::any_of(keys_, [&](const ForeignKey& one) { return same_name(one.name, name); });
        const bool dropped = !on_table && names_key(source_, name);
        const auto in_database = session_.run(
            "SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND "
            "CONSTRAINT_TYPE = 'FOREIGN KEY' AND LOWER(CONSTRAINT_NAME) = LOWER(?)",
            {source_.schema, name});
        if (on_table || in_database.only_integer() > (dropped ? 1 : 0)) {
            throw Error{ErrorKind::refused, "name_taken",
                        "a foreign key '" + name + "' exists already in the database '" + source_.schema +
                            "'"}
                .next("choose another name");
        }
        if (characters(name) > name_characters_max) {
            throw Error{ErrorKind::refused, "name_too_long",
                        "'" + name + "' is too long for the name of a foreign key"}
                .next("name it");
        }
        return name;
    }

    // "t_ibfk_3", after the last one of the table.
    std::string made_up_name() const {
        const std::string head = source_.name + "_ibfk_";
        int last = 0;
        for (const ForeignKey& key : keys_) {
            int number = 0;
            if (key.name.size() > head.size() && same_name(key.name.substr(0, head.size()), head)) {
                std::from_chars(key.name.data() + head.size(), key.name.data() + key.name.size(), number);
            }
            last = std::max(last, number);
        }
        return head + std::to_string(last + 1);
    }

    std::vector<IndexLine> indexes() {
        return index_lines(create_text(session_, source_.schema, scratch_.name()));
    }

    // MariaDB shows a RESTRICT that is said in place as NO ACTION, and one that is not said as nothing.
    [[nodiscard]] std::string acting(std::string_view on, const std::string& action) const {
        const bool unsaid = action.empty() || (detail_.kind == ServerKind::mariadb && action == "RESTRICT");
        return unsaid ? "" : fmt::format(" ON {} {}", on, action);
    }

    [[nodiscard]] std::string clause(const WrittenKey& key, const std::string& parent) const {
        return fmt::format("ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}", quote_name(alias()),
                           names_of(key.columns), quote_name(parent), names_of(key.parent_columns),
                           acting("DELETE", key.on_delete), acting("UPDATE", key.on_update));
    }

    // Plans the index that the server would make for the key. Returns what must stand before the key so that
    // the server does not replace an index which it made for another one: it would read the whole table.
    std::string learn_index(const WrittenKey& key, const std::string& name, const std::string& parent) {
        std::string keep;
        while (true) {
            const std::vector<IndexLine> before = indexes();
            on_clone(clause(key, parent));
            const std::vector<IndexLine> after = indexes();
            const std::vector<IndexLine> lost = missing_from(after, before),
                                         gained = missing_from(before, after);
            drop_from_clone();
            for (const IndexLine& line : gained) {
                on_clone("DROP INDEX " + quote_name(line.name));
            }
            for (const IndexLine& line : lost) {
                on_clone("ADD " + line.definition);
                keep += fmt::format("RENAME INDEX {0} TO {0}, ", quote_name(line.name));
            }
            if (lost.empty()) {
                return gained.empty() ? keep : plan_index(key, name, keep);
            }
        }
    }

    std::string plan_index(const WrittenKey& key, const std::string& name, const std::string& keep) {
        const std::string written = !key.name.empty() ? key.name : key.index;
        const auto taken = [this](const std::string& one) {
            return std::ranges::any_of(indexes(),
                                       [&](const IndexLine& line) { return same_name(line.name, one); });
        };
        std::string index = written.empty() ? key.columns.front() : written;
        for (int number = 2; written.empty() && taken(index); ++number) {
            index = fmt::format("{}_{}", key.columns.front(), number);
        }
        const std::string clauses =
            fmt::format("{}ADD INDEX {} ({})", keep, quote_name(index), names_of(key.columns));
        on_clone(clauses + std::string{in_place});
        step({KeyStep::Kind::add_index, index, definition_of(index), "", "", ""}, clauses,
             "the index that the foreign key " + name + " needs");
        blueprint_.made_indexes.push_back(index);
        return "";
    }

    std::string definition_of(const std::string& index) {
        for (const IndexLine& line : indexes()) {
            if (same_name(line.name, index)) {
                return line.definition;
            }
        }
        check(false, "an index that was just made is not there");
        return "";
    }

    // The definition on the clone in the server's words, once it took the very statement in place.
    std::string learn(const WrittenKey& key, const std::string& keep, const std::string& parent) {
        const std::vector<IndexLine> before = indexes();
        {
            const UncheckedForeignKeys unchecked{session_};
            on_clone(keep + clause(key, parent) + std::string{in_place});
        }
        const std::string text = create_text(session_, source_.schema, scratch_.name());
        const auto lines = foreign_key_lines(text);
        const auto line = std::ranges::find_if(
            lines, [this](const NamedLine& one) { return same_name(one.name, alias()); });
        check(line != lines.end(), "a foreign key that was just made is not there");
        check(missing_from(before, index_lines(text)).empty(), "a foreign key made an index once more");
        std::string definition = line->definition;
        drop_from_clone();
        return definition;
    }

    [[nodiscard]] std::string alias() const { return scratch_.name() + "_fk"; }
    void drop_from_clone() { on_clone("DROP FOREIGN KEY " + quote_name(alias())); }

    void on_clone(const std::string& clauses) {
        try {
            session_.run(fmt::format("ALTER TABLE {} {}", quote_name(scratch_.name()), clauses));
        } catch (const DatabaseError& error) {
            if (!session_.usable() || error.kind() == DatabaseErrorKind::privilege) {
                throw;
            }
            throw Error{ErrorKind::refused, "foreign_key_refused",
                        "the server refuses \"" + clause_ +
                            "\" between empty tables of the same shape: " + reason_of(error)};
        }
    }

    // MariaDB says what is wrong in a warning. The clones are nobody's business.
    std::string reason_of(const DatabaseError& error) {
        std::string reason = error.what();
        for (const auto& row : session_.run("SHOW WARNINGS").rows) {
            if (const std::string text = row.at(2).value_or(""); reason.find(text) == std::string::npos) {
                reason += "; " + text;
            }
        }
        replace_all(reason, scratch_.parent_name(), parent_);
        replace_all(reason, alias(), "the key");
        replace_all(reason, scratch_.name(), source_.name);
        return reason;
    }

    void step(KeyStep step, const std::string& clauses, std::string purpose) {
        blueprint_.script.push_back(
            {Phase::native,
             Statement{fmt::format("ALTER TABLE {} {}{}", quote_name(source_.name), clauses, in_place),
                       {},
                       std::move(purpose),
                       Blocks::everyone_briefly}});
        detail_.key_steps.push_back(std::move(step));
    }

    void write_second_look() {
        for (const RowRule& rule : detail_.row_rules) {
            blueprint_.script.push_back(
                {Phase::verify,
                 Statement{fmt::format("SELECT COUNT(*) FROM {} AS src WHERE <range of the key> "
                                       "AND {}",
                                       quote_name(source_.name), rule.broken_sql),
                           {},
                           "rows that came in before the key held; with any, it is dropped again",
                           Blocks::nobody}});
        }
    }

    Session& session_;
    Scratch& scratch_;
    const Table& source_;
    Blueprint& blueprint_;
    Detail& detail_;
    std::string clause_, parent_;  // that is being planned
    std::vector<ForeignKey> keys_; // as they will be at this point of the change
};

} // namespace

bool about_foreign_keys(const Table& source, const Change& change) {
    bool keys = false, others = change.converts;
    for (const std::vector<Clause>& list : change.clauses) {
        for (const Clause& clause : list) {
            (is_about_key(clause, source) ? keys : others) = true;
        }
    }
    if (keys && others) {
        throw Error{ErrorKind::refused, "foreign_keys",
                    "a change of '" + source.name +
                        "' that adds or drops a foreign key does nothing else on this server"}
            .next("add the foreign key in a change of its own");
    }
    return keys;
}

void refuse_busy_parent(Session& session, const std::string& schema, const std::string& table) {
    if (!table_exists(session, schema, "_turntable_target")) {
        return;
    }
    const ResultSet found = session.run(
        fmt::format("SELECT job_id FROM {}._turntable_target WHERE source_key = ?", quote_name(schema)),
        {schema + "." + table});
    if (!found.rows.empty()) {
        throw Error{ErrorKind::busy, "another_job",
                    fmt::format("the table {}.{}, which the foreign key refers to, is held by job {}", schema,
                                table, found.rows[0][0].value_or(""))}
            .next("see `turntable jobs`; finish it with `turntable finalize` or `turntable abort`");
    }
}

void plan_foreign_keys(Session& session, Scratch& scratch, const Table& source, const Change& change,
                       const Settings& settings, Blueprint& blueprint, Detail& detail) {
    if (settings.strategy == StrategyChoice::shadow || settings.strategy == StrategyChoice::instant) {
        throw Error{ErrorKind::refused, "strategy_not_possible",
                    "the strategy asked for is not possible: foreign keys are added and dropped in place"}
            .next("leave --strategy to auto");
    }
    blueprint.strategy = Strategy::online;
    blueprint.strategy_reason = "the server accepts it as ALGORITHM=INPLACE, LOCK=NONE";
    ForeignKeyPlan{session, scratch, source, blueprint, detail}.run(change);
    if (detail.row_rules.empty()) {
        return;
    }
    blueprint.strategy_reason +=
        ", without a look at the rows: they are looked at before it and once more after it";
    identify_rows(source, blueprint, detail);
}

} // namespace turntable::mysql
