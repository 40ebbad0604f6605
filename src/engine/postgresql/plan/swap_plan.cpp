#include "plan/swap_plan.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "plan/make_table.hpp"
#include "plan/orphans.hpp"
#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// One of the two tables on its way into or out of the application's name.
struct Side {
    const Table& model;
    bool is_new;
};

class SwapWriter {
  public:
    SwapWriter(const Rehearsal& rehearsal, const HelperNames& helpers, const Detail& detail)
        : rehearsal_(rehearsal), helpers_(helpers), names_(detail.names), schema_(rehearsal.source.schema) {}

    std::vector<Statement> swap() {
        const Side from{rehearsal_.source, false};
        const Side to{rehearsal_.after, true};
        exchange(from, to);
        attach_deferrable();
        for (const std::string& sql : make_late_checks(to.model, names_.source)) {
            add(sql, "a constraint that is not validated, as before");
        }
        for (const Trigger& trigger : to.model.triggers) {
            for (const std::string& sql : make_trigger(trigger, names_.source)) {
                add(sql, "the user's trigger " + trigger.name);
            }
        }
        for (const std::string& sql : make_row_security(to.model, names_.source)) {
            add(sql, "row level security");
        }
        add_foreign_keys(to);
        return std::move(out_);
    }

    std::vector<Statement> revert() {
        const Side from{rehearsal_.after, true};
        const Side to{rehearsal_.source, false};
        exchange(from, to);
        for (const Trigger& trigger : to.model.triggers) {
            if (trigger.enabled != 'D') {
                add(trigger_state(trigger.name, trigger.enabled, names_.source),
                    "the user's trigger " + trigger.name + " as it was");
            }
        }
        add_foreign_keys(to);
        return std::move(out_);
    }

  private:
    void add(const std::string& sql, const std::string& purpose) {
        out_.push_back({sql, {}, purpose, Blocks::everyone_briefly});
    }

    void exchange(const Side& from, const Side& to) {
        silence(from);
        release_sequences(from);
        rename_indexes(from, Away::yes);
        rename_statistics(from, Away::yes);
        move_away(from);
        move_in(to);
        rename_indexes(to, Away::no);
        rename_statistics(to, Away::no);
        take_sequences(from, to);
    }

    // Neither triggers nor foreign keys may act on the table that leaves: it follows later, by replay.
    void silence(const Side& side) {
        for (const Trigger& trigger : side.model.triggers) {
            if (trigger.enabled != 'D') {
                add(trigger_state(trigger.name, 'D', names_.source),
                    "the user's trigger " + trigger.name + " stays silent on the table that leaves");
            }
        }
        for (const ForeignKey& key : side.model.foreign_keys) {
            add(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", names_.source, quoted(key.name)),
                "the table that leaves must not refuse deletes of its parents");
        }
    }

    void add_foreign_keys(const Side& side) {
        for (const ForeignKey& key : side.model.foreign_keys) {
            add(make_foreign_key(key, side.model, names_.source, referenced_by(key, side.model),
                                 Validation::later),
                "foreign key " + key.name + ", checked for new rows at once, for old ones afterwards");
            if (key.comment) {
                add(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}", quoted(key.name), names_.source,
                                literal(*key.comment)),
                    "its comment");
            }
        }
    }

    std::string referenced_by(const ForeignKey& key, const Table& model) const {
        return key.referenced == model.oid ? names_.source
                                           : qualified(key.referenced_schema, key.referenced_name);
    }

    [[nodiscard]] std::string helper_index(const Side& side, std::size_t n) const {
        return side.is_new ? helpers_.new_index(n) : helpers_.old_index(n);
    }

    enum class Away { no, yes };

    void rename_indexes(const Side& side, Away away) {
        for (std::size_t n = 0; n < side.model.indexes.size(); ++n) {
            const Index& index = side.model.indexes[n];
            const std::string helper = helper_index(side, n);
            const std::string& from = away == Away::yes ? index.name : helper;
            const std::string& to = away == Away::yes ? helper : index.name;
            const bool attached_later = side.is_new && away == Away::no && index.deferrable;
            if (attached_later) {
                continue;
            }
            if (index.constraint != 0) {
                add(fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", names_.source, quoted(from),
                                quoted(to)),
                    "name of constraint " + index.name);
            } else {
                add(fmt::format("ALTER INDEX {} RENAME TO {}", qualified(schema_, from), quoted(to)),
                    "name of index " + index.name);
            }
        }
    }

    void attach_deferrable() {
        for (std::size_t n = 0; n < rehearsal_.after.indexes.size(); ++n) {
            const Index& index = rehearsal_.after.indexes[n];
            if (!index.deferrable) {
                continue;
            }
            add(make_index_constraint(index, quoted(index.name), quoted(helpers_.new_index(n)),
                                      names_.source),
                "deferrable constraint " + index.name + " on its index");
            if (index.constraint_comment) {
                add(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}", quoted(index.name), names_.source,
                                literal(*index.constraint_comment)),
                    "its comment");
            }
        }
    }

    void rename_statistics(const Side& side, Away away) {
        for (std::size_t n = 0; n < side.model.statistics.size(); ++n) {
            const ExtendedStatistics& statistics = side.model.statistics[n];
            const std::string schema =
                statistics.schema == rehearsal_.scratch_schema ? schema_ : statistics.schema;
            const std::string helper = side.is_new ? helpers_.new_statistics(n) : helpers_.old_statistics(n);
            if (away == Away::yes) {
                add(fmt::format("ALTER STATISTICS {} RENAME TO {}", qualified(schema, statistics.name),
                                quoted(helper)),
                    "name of statistics " + statistics.name);
                add(fmt::format("ALTER STATISTICS {} SET SCHEMA {}", qualified(schema, helper),
                                names_.schema),
                    "schema of statistics " + statistics.name);
            } else {
                add(fmt::format("ALTER STATISTICS {} SET SCHEMA {}", qualified(our_schema, helper),
                                quoted(schema)),
                    "schema of statistics " + statistics.name);
                add(fmt::format("ALTER STATISTICS {} RENAME TO {}", qualified(schema, helper),
                                quoted(statistics.name)),
                    "name of statistics " + statistics.name);
            }
        }
    }

    void move_away(const Side& side) {
        const std::string away = side.is_new ? helpers_.shadow() : helpers_.old();
        add(fmt::format("ALTER TABLE {} RENAME TO {}", names_.source, quoted(away)), "the table that leaves");
        add(fmt::format("ALTER TABLE {} SET SCHEMA {}", qualified(schema_, away), names_.schema),
            "the table that leaves");
    }

    void move_in(const Side& side) {
        const std::string before = side.is_new ? helpers_.shadow() : helpers_.old();
        add(fmt::format("ALTER TABLE {} SET SCHEMA {}", qualified(our_schema, before), quoted(schema_)),
            "the table that takes the name");
        add(fmt::format("ALTER TABLE {} RENAME TO {}", qualified(schema_, before),
                        quoted(rehearsal_.source.name)),
            "the table that takes the name");
    }

    // Serial sequences are shared and change their owner; each table has its own sequence of an identity
    // column.
    void release_sequences(const Side& side) {
        for (std::size_t n = 0; n < side.model.columns.size(); ++n) {
            const Column& column = side.model.columns[n];
            if (!column.sequence) {
                continue;
            }
            if (shared(column)) {
                if (survives(side, column)) {
                    add(fmt::format("ALTER SEQUENCE {} OWNED BY NONE",
                                    qualified(column.sequence->schema, column.sequence->name)),
                        "the sequence goes with its column");
                }
                continue;
            }
            // Waits for every nextval() under way, and holds back those that follow until the commit.
            add(fmt::format("ALTER SEQUENCE {} RENAME TO {}", qualified(schema_, column.sequence->name),
                            quoted(helper_sequence(side, n))),
                "name of the sequence of column " + column.name);
        }
    }

    void take_sequences(const Side& from, const Side& to) {
        for (std::size_t n = 0; n < to.model.columns.size(); ++n) {
            const Column& column = to.model.columns[n];
            if (!column.sequence) {
                continue;
            }
            const std::string name =
                qualified(shared(column) ? column.sequence->schema : schema_, column.sequence->name);
            if (shared(column)) {
                if (survives(to, column)) {
                    add(fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", name, names_.source,
                                    quoted(column.name)),
                        "the sequence goes with its column");
                }
                continue;
            }
            add(fmt::format("ALTER SEQUENCE {} RENAME TO {}", qualified(schema_, helper_sequence(to, n)),
                            quoted(column.sequence->name)),
                "name of the sequence of column " + column.name);
            if (const std::string last = counterpart_sequence(from, to, n); !last.empty()) {
                add(fmt::format("SELECT setval({}::regclass, last_value, is_called) FROM {}", literal(name),
                                last),
                    "the sequence goes on where the other one stands");
            }
        }
    }

    [[nodiscard]] bool shared(const Column& column) const {
        return column.identity == 0 && column.sequence->schema != rehearsal_.scratch_schema;
    }

    // Whether both tables have the column that owns the shared sequence.
    [[nodiscard]] bool survives(const Side& side, const Column& column) const {
        return side.is_new || target_of(column.name) != rehearsal_.origins.size();
    }

    [[nodiscard]] std::size_t target_of(const std::string& source) const {
        const auto found = std::find_if(rehearsal_.origins.begin(), rehearsal_.origins.end(),
                                        [&](const ColumnOrigin& origin) { return origin.source == source; });
        return static_cast<std::size_t>(found - rehearsal_.origins.begin());
    }

    [[nodiscard]] std::string helper_sequence(const Side& side, std::size_t n) const {
        return side.is_new ? helpers_.new_sequence(n) : helpers_.old_sequence(n);
    }

    // The sequence that the same column had on the table that leaves, where it is now.
    [[nodiscard]] std::string counterpart_sequence(const Side& from, const Side& to, std::size_t n) const {
        std::size_t other = 0;
        if (to.is_new) {
            const auto& source = rehearsal_.origins[n].source;
            if (!source) {
                return "";
            }
            while (from.model.columns[other].name != *source) {
                ++other;
            }
        } else {
            other = target_of(to.model.columns[n].name);
            if (other == from.model.columns.size()) {
                return "";
            }
        }
        const Column& column = from.model.columns[other];
        if (!column.sequence) {
            return "";
        }
        return shared(column) ? qualified(column.sequence->schema, column.sequence->name)
                              : qualified(our_schema, helper_sequence(from, other));
    }

    const Rehearsal& rehearsal_;
    const HelperNames& helpers_;
    const Names& names_;
    const std::string& schema_;
    std::vector<Statement> out_;
};

std::vector<Statement> validations(const Table& model, const Names& names) {
    std::vector<Statement> out;
    for (const ForeignKey& key : model.foreign_keys) {
        if (key.validated && !key.rest.ends_with(" NOT ENFORCED")) {
            out.push_back(
                {fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", names.source, quoted(key.name)),
                 {},
                 "checks the rows that were there",
                 Blocks::nobody});
        }
    }
    return out;
}

// Dropping a foreign key takes ACCESS EXCLUSIVE on the referenced table, adding one SHARE ROW EXCLUSIVE.
std::vector<FurtherLock> parent_locks(const Table& leaving, const Table& coming) {
    std::map<std::string, std::string> modes;
    for (const ForeignKey& key : coming.foreign_keys) {
        if (key.referenced != coming.oid) {
            modes[qualified(key.referenced_schema, key.referenced_name)] = "SHARE ROW EXCLUSIVE";
        }
    }
    for (const ForeignKey& key : leaving.foreign_keys) {
        if (key.referenced != leaving.oid) {
            modes[qualified(key.referenced_schema, key.referenced_name)] = "ACCESS EXCLUSIVE";
        }
    }
    std::vector<FurtherLock> locks;
    for (const auto& [table, mode] : modes) {
        locks.push_back({table, mode});
    }
    return locks;
}

} // namespace

void plan_swap(const Rehearsal& rehearsal, const HelperNames& helpers, Detail& detail) {
    detail.swap_locks = parent_locks(rehearsal.source, rehearsal.after);
    detail.swap = SwapWriter{rehearsal, helpers, detail}.swap();
    detail.after_swap = validations(rehearsal.after, detail.names);
    detail.revert_locks = parent_locks(rehearsal.after, rehearsal.source);
    detail.revert = SwapWriter{rehearsal, helpers, detail}.revert();
    detail.after_revert = validations(rehearsal.source, detail.names);
    detail.way_back_rules = orphan_rules_of_way_back(rehearsal, detail.names.old);
}

} // namespace turntable::postgresql
