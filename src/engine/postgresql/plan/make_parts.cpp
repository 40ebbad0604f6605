// Indexes, constraints, triggers, statistics and marks of a table, each under any name.
#include <fmt/core.h>

#include "plan/make_table.hpp"
#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

std::string make_index(const Index& index, const std::string& name, const std::string& table) {
    return fmt::format("CREATE {}INDEX {} ON {}{}", index.unique ? "UNIQUE " : "", name, table, index.tail);
}

std::string make_index_constraint(const Index& index, const std::string& constraint,
                                  const std::string& index_name, const std::string& table) {
    return fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}{}", table, constraint,
                       index.constraint == 'p' ? "PRIMARY KEY" : "UNIQUE", index_name,
                       index.deferrable ? " DEFERRABLE" : "", index.deferred ? " INITIALLY DEFERRED" : "");
}

std::vector<std::string> make_index_attachments(const Index& index, const std::string& qualified,
                                                const std::string& constraint, const std::string& table) {
    std::vector<std::string> out;
    for (const auto& [number, target] : index.statistics) {
        out.push_back(
            fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", qualified, number, target));
    }
    if (index.comment) {
        out.push_back(fmt::format("COMMENT ON INDEX {} IS {}", qualified, literal(*index.comment)));
    }
    if (index.constraint_comment) {
        out.push_back(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}", constraint, table,
                                  literal(*index.constraint_comment)));
    }
    return out;
}

std::string make_foreign_key(const ForeignKey& key, const Table& model, const std::string& table,
                             const std::string& referenced, Validation validation) {
    std::vector<std::string> columns;
    for (const Attnum attnum : key.columns) {
        const Column* const column = model.find_column(attnum);
        check(column != nullptr, "a foreign key over a column that is not there");
        columns.push_back(column->name);
    }
    const bool not_valid = validation == Validation::later || !key.validated;
    const bool not_enforced = key.rest.ends_with(" NOT ENFORCED"); // never validated, and says so by itself
    return fmt::format("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}", table,
                       quoted(key.name), quoted_list(columns), referenced,
                       quoted_list(key.referenced_columns), key.rest,
                       not_valid && !not_enforced ? " NOT VALID" : "");
}

std::string trigger_state(const std::string& trigger, char enabled, const std::string& table) {
    const char* const word = enabled == 'D'   ? "DISABLE"
                             : enabled == 'R' ? "ENABLE REPLICA"
                             : enabled == 'A' ? "ENABLE ALWAYS"
                                              : "ENABLE";
    return fmt::format("ALTER TABLE {} {} TRIGGER {}", table, word, quoted(trigger));
}

std::vector<std::string> make_trigger(const Trigger& trigger, const std::string& table) {
    std::vector<std::string> out{trigger.create.of(table)};
    if (trigger.enabled != 'O') {
        out.push_back(trigger_state(trigger.name, trigger.enabled, table));
    }
    if (trigger.comment) {
        out.push_back(fmt::format("COMMENT ON TRIGGER {} ON {} IS {}", quoted(trigger.name), table,
                                  literal(*trigger.comment)));
    }
    return out;
}

std::vector<std::string> make_statistics(const ExtendedStatistics& statistics, const std::string& name,
                                         const std::string& table) {
    std::vector<std::string> out{"CREATE STATISTICS " + name + statistics.create.of(table)};
    if (statistics.target >= 0) {
        out.push_back(fmt::format("ALTER STATISTICS {} SET STATISTICS {}", name, statistics.target));
    }
    if (statistics.comment) {
        out.push_back(fmt::format("COMMENT ON STATISTICS {} IS {}", name, literal(*statistics.comment)));
    }
    return out;
}

std::vector<std::string> make_marks(const Table& model, const std::string& table,
                                    const std::function<std::string(const Index&)>& index_name) {
    std::vector<std::string> out;
    for (const Index& index : model.indexes) {
        if (index.clustered) {
            out.push_back(fmt::format("ALTER TABLE {} CLUSTER ON {}", table, index_name(index)));
        }
        if (index.replica_identity) {
            out.push_back(
                fmt::format("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}", table, index_name(index)));
        }
    }
    if (model.replica_identity == 'f') {
        out.push_back(fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", table));
    } else if (model.replica_identity == 'n') {
        out.push_back(fmt::format("ALTER TABLE {} REPLICA IDENTITY NOTHING", table));
    }
    return out;
}

} // namespace turntable::postgresql
