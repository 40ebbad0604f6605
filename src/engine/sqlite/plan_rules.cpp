#include "plan_rules.hpp"

#include <algorithm>

#include "create_index.hpp"
#include "create_table.hpp"
#include "flow.hpp"
#include "names.hpp"
#include "turntable/conversion_classes.hpp"

namespace turntable::sqlite {
namespace {

// Rows that the conversion of this column would stop at; "" where there is none. They are findings of the
// conversion, and evaluating it there fails.
std::string stopping_rows(const Design& design, const DesignColumn& column) {
    std::vector<std::string> classes;
    for (const ConversionPlan& plan : design.conversions()) {
        if (const std::string stopping = stopping_rows(plan);
            same_name(plan.target_column, column.target) && !stopping.empty()) {
            classes.push_back(stopping);
        }
    }
    return joined(classes, " OR ");
}

// The column's value for a rule; NULL in the rows that its conversion stops at.
std::string value_of(const Design& design, const DesignColumn& column) {
    const std::string stopping = stopping_rows(design, column);
    return stopping.empty() ? column.forward
                            : "CASE WHEN " + stopping + " THEN NULL ELSE " + column.forward + " END";
}

std::string stored(const Design& design, const Table& target, const DesignColumn& column) {
    return "turntable_stored(" + text_literal(target.find(column.target)->affinity) + ", " +
           value_of(design, column) + ")";
}

// An expression over the new table's columns, evaluated over the source: every column becomes what it is
// mapped from.
std::string over_mapped(const Design& design, const Table& target, const std::string& expression) {
    std::vector<std::string> parts;
    for (const DesignColumn& column : design.columns()) {
        parts.push_back((column.verbatim ? column.forward : stored(design, target, column)) + " AS " +
                        identifier(column.target));
    }
    return "(SELECT " + expression + " FROM (SELECT " + joined(parts, ", ") + "))";
}

const DesignColumn* find(const Design& design, const std::string& target) {
    const auto at = std::find_if(design.columns().begin(), design.columns().end(),
                                 [&](const DesignColumn& c) { return same_name(c.target, target); });
    return at == design.columns().end() ? nullptr : &*at;
}

void add_not_null(std::vector<Rule>& out, const Design& design, const Table& target) {
    for (const Column& column : target.columns) {
        const DesignColumn* const from = find(design, column.name);
        if (!column.not_null || from == nullptr) {
            continue;
        }
        const Column* const source = from->source ? design.source().find(*from->source) : nullptr;
        if (source != nullptr && source->not_null && from->verbatim) {
            continue;
        }
        const std::string stopping = stopping_rows(design, *from);
        out.push_back({"not_null", column.name,
                       (stopping.empty() ? "" : "NOT coalesce(" + stopping + ", 0) AND ") +
                           value_of(design, *from) + " IS NULL",
                       from->source ? identifier(*from->source) : "NULL", "", ""});
    }
}

// Texts of all CHECK constraints with the tokens inside the parentheses.
struct Check {
    std::string subject, expression;
};
std::vector<Check> checks_of(const std::string& text) {
    const CreateTable table = CreateTable::parse(text);
    const Tokens& tokens = *table.tokens;
    std::vector<Check> out;
    const auto add = [&](const std::string& name, TokenRange range) {
        std::size_t open = range.begin;
        while (!tokens.is(open, "(")) {
            ++open;
        }
        const std::string expression = tokens.slice({open, tokens.after_parenthesis(open)});
        out.push_back({name.empty() ? "CHECK " + expression : name, expression});
    };
    for (const ColumnDefinition& column : table.columns) {
        for (const ColumnConstraint& constraint : column.constraints) {
            if (constraint.kind == ColumnConstraint::Kind::check) {
                add(constraint.name, constraint.tokens);
            }
        }
    }
    for (const TableConstraint& constraint : table.constraints) {
        if (constraint.kind == TableConstraint::Kind::check) {
            add(constraint.name, constraint.tokens);
        }
    }
    return out;
}

void add_checks(std::vector<Rule>& out, const Design& design, const Table& target) {
    const auto before = checks_of(design.source().sql);
    const bool values_change = std::any_of(design.columns().begin(), design.columns().end(),
                                           [](const DesignColumn& c) { return !c.verbatim; });
    for (const Check& check : checks_of(design.text())) {
        const bool old = std::any_of(before.begin(), before.end(),
                                     [&](const Check& c) { return c.expression == check.expression; });
        if (!old || values_change) {
            out.push_back({"check", check.subject,
                           "NOT coalesce(" + over_mapped(design, target, check.expression) + ", 1)", "NULL",
                           "", ""});
        }
    }
}

// A new type without a conversion keeps the value: what would be stored must come back as it was.
void add_types(std::vector<Rule>& out, const Design& design, const Table& target) {
    for (const std::string& name : design.retyped()) {
        const DesignColumn& column = *find(design, name);
        const Column& source = *design.source().find(*column.source);
        const Column& after = *target.find(name);
        const std::string value = identifier(source.name);
        const std::string kept = stored(design, target, column);
        std::string violates = "0";
        if (after.affinity != source.affinity) {
            violates = "NOT turntable_same(turntable_stored(" + text_literal(source.affinity) + ", " + kept +
                       "), " + value + ")";
        }
        if (target.strict && lower(after.type) != "any") {
            const std::string type = after.affinity == "REAL"   ? "real"
                                     : after.affinity == "TEXT" ? "text"
                                     : after.affinity == "BLOB" ? "blob"
                                                                : "integer";
            violates += " OR typeof(" + kept + ") NOT IN ('null', '" + type + "')";
        }
        if (violates != "0") {
            out.push_back({"range", name, violates, value, "", ""});
        }
    }
}

bool is_old_and_unchanged(const Design& design, const Index& index) {
    for (const IndexColumn& column : index.columns) {
        const DesignColumn* const from = column.name ? find(design, *column.name) : nullptr;
        if (from == nullptr || !from->verbatim) {
            return false;
        }
    }
    const auto same_columns = [&](const Index& old) {
        return old.unique && !old.partial && old.columns.size() <= index.columns.size() &&
               std::all_of(old.columns.begin(), old.columns.end(), [&](const IndexColumn& one) {
                   return std::any_of(index.columns.begin(), index.columns.end(),
                                      [&](const IndexColumn& other) {
                                          return one.name && find(design, *other.name)->source == *one.name &&
                                                 same_name(one.collation, other.collation);
                                      });
               });
    };
    return std::any_of(design.source().indexes.begin(), design.source().indexes.end(), same_columns);
}

// SQLite makes up the name of the index behind UNIQUE (…) and PRIMARY KEY (…).
std::string subject_of(const Index& index) {
    if (index.sql) {
        return index.name;
    }
    std::vector<std::string> columns;
    for (const IndexColumn& column : index.columns) {
        columns.push_back(column.name.value_or("rowid"));
    }
    return (index.origin == "pk" ? "PRIMARY KEY (" : "UNIQUE (") + joined(columns, ", ") + ")";
}

// Rows that share the values of a unique index of the new table.
void add_unique(std::vector<Rule>& out, const Design& design, const Table& target,
                const std::string& key_columns) {
    for (const Index& index : target.indexes) {
        if (!index.unique || is_old_and_unchanged(design, index)) {
            continue;
        }
        const auto definition = index.sql ? std::optional{CreateIndex::parse(*index.sql)} : std::nullopt;
        std::vector<std::string> values;
        std::vector<std::string> present;
        for (std::size_t i = 0; i < index.columns.size(); ++i) {
            const IndexColumn& column = index.columns[i];
            const std::string expression =
                column.name ? identifier(*column.name) : definition->terms.at(i).expression;
            values.push_back(over_mapped(design, target, expression) + " COLLATE " +
                             identifier(column.collation));
            present.push_back(over_mapped(design, target, expression) + " IS NOT NULL");
        }
        if (definition && !definition->where.empty()) {
            present.push_back(over_mapped(design, target, definition->where));
        }
        const std::string from =
            " FROM " + identifier(design.source().name) + " WHERE " + joined(present, " AND ");
        const std::string tuple = joined(values, ", ");
        const std::string shared = from + " GROUP BY " + tuple + " HAVING count(*) > 1";
        out.push_back({"unique", subject_of(index), "", "",
                       "SELECT coalesce(sum(rows - 1), 0) FROM (SELECT count(*) AS rows" + shared + ")",
                       "SELECT " + key_columns + ", " + joined(values, " || ', ' || ") + from + " AND (" +
                           tuple + ") IN (SELECT " + tuple + shared + ") ORDER BY " + tuple});
    }
}

// Over the source's columns; "" for one whose values are other ones there.
ForeignKey in_words_of_source(const Design& design, ForeignKey foreign) {
    for (std::string& name : foreign.from) {
        const DesignColumn* const column = find(design, name);
        name = column != nullptr && column->source && column->verbatim ? *column->source : "";
    }
    return foreign;
}

} // namespace

std::string without_parent(const ForeignKey& foreign, const std::vector<std::string>& values) {
    std::vector<std::string> present, named, equal;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string name = "f" + std::to_string(i);
        present.push_back(values[i] + " IS NOT NULL");
        named.push_back(values[i] + " AS " + name);
        equal.push_back("p." + identifier(foreign.to.at(i)) + " = c." + name);
    }
    // The child's values have a scope of their own: inside the parent's, equal names would mean the parent's.
    return joined(present, " AND ") + " AND NOT EXISTS (SELECT 1 FROM (SELECT " + joined(named, ", ") +
           ") c JOIN " + identifier(foreign.parent) + " p ON " + joined(equal, " AND ") + ")";
}

std::vector<ForeignKey> lost_foreign_keys(const Design& design, const std::vector<ForeignKey>& before,
                                          const std::vector<ForeignKey>& after) {
    std::vector<ForeignKey> lost = before;
    for (const ForeignKey& foreign : after) {
        std::erase(lost, in_words_of_source(design, foreign));
    }
    return lost;
}

std::vector<Rule> rules_of(const Design& design, const Table& target, const std::vector<KeyPart>& key) {
    std::vector<Rule> out;
    KeyTerms terms;
    for (const KeyPart& part : key) {
        terms.push_back({identifier(part.source), part.descending});
    }
    add_not_null(out, design, target);
    add_checks(out, design, target);
    add_types(out, design, target);
    add_unique(out, design, target, key_cells(terms));
    return out;
}

std::vector<Rule> foreign_key_rules(const Design& design, const std::vector<ForeignKey>& before,
                                    const std::vector<ForeignKey>& after) {
    std::vector<Rule> out;
    for (const ForeignKey& foreign : after) {
        const ForeignKey in_source = in_words_of_source(design, foreign);
        if (std::find(before.begin(), before.end(), in_source) != before.end()) {
            continue;
        }
        std::vector<std::string> values;
        for (const std::string& name : foreign.from) {
            const DesignColumn* const column = find(design, name);
            values.push_back(column == nullptr ? "NULL" : value_of(design, *column));
        }
        out.push_back({"foreign_key",
                       "FOREIGN KEY (" + joined(foreign.from, ", ") + ") REFERENCES " + foreign.parent,
                       without_parent(foreign, values), values.front(), "", ""});
    }
    return out;
}

} // namespace turntable::sqlite
