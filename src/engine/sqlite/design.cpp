#include "design.hpp"

#include <algorithm>

#include "constant.hpp"
#include "conversion_sql.hpp"
#include "conversion_values.hpp"
#include "create_index.hpp"
#include "names.hpp"
#include "rehearsal.hpp"
#include "table_edit.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

Error refused(const std::string& code, const std::string& what) {
    return Error{ErrorKind::refused, code, what};
}

std::string index_columns(const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const std::string& column : columns) {
        const bool descending = lower(column).ends_with(" desc");
        const std::string name = descending ? column.substr(0, column.size() - 5) : column;
        out.push_back((name.starts_with("(") ? name : identifier(name)) + (descending ? " DESC" : ""));
    }
    return joined(out, ", ");
}

// What ALTER TABLE ADD COLUMN can do without reading a row.
bool is_instant(const ColumnDefinition& column) {
    using Kind = ColumnConstraint::Kind;
    for (const Kind kind :
         {Kind::primary_key, Kind::unique, Kind::check, Kind::generated, Kind::references}) {
        if (column.find(kind) != nullptr) {
            return false;
        }
    }
    const ColumnConstraint* const value = column.find(Kind::default_value);
    const bool has_value = value != nullptr && is_constant(value->value) && lower(value->value) != "null";
    return value == nullptr ? column.find(Kind::not_null) == nullptr : has_value;
}

} // namespace

Design::Design(const Table& source) : source_(source), text_(source.sql) {
    for (const Index& index : source.indexes) {
        if (index.sql) {
            indexes_.push_back({index.name, *index.sql});
        }
    }
    for (const Column& column : source.columns) {
        if (column.generated == Generated::no) {
            columns_.push_back({column.name, column.name, identifier(column.name), {}, true, false});
        }
    }
}

void Design::apply(const Step& step) {
    std::visit([this](const auto& one) { add(one); }, step);
    const bool native =
        std::holds_alternative<AddColumnText>(step) || std::holds_alternative<RenameColumn>(step);
    if (!native) {
        native_.reset();
    }
}

DesignColumn& Design::need(const std::string& column) {
    for (const KeptPair& pair : kept_) {
        if (same_name(pair.old_column, column) || same_name(pair.new_column, column)) {
            throw refused("keep_not_possible", "column " + column +
                                                   " is one of a pair that keep=yes keeps in "
                                                   "step: no other part of this change may touch it");
        }
    }
    const auto at = std::find_if(columns_.begin(), columns_.end(),
                                 [&](const DesignColumn& c) { return same_name(c.target, column); });
    if (at != columns_.end()) {
        return *at;
    }
    if (const Column* const generated = source_.find(column); generated != nullptr) {
        throw refused("generated_column", "column " + generated->name + " of " + source_.name +
                                              " is generated: its values cannot be changed");
    }
    throw Error{ErrorKind::usage, "unknown_column", "table " + source_.name + " has no column " + column};
}

void Design::add(const AddColumnText& step) {
    text_ = with_column(text_, step.definition);
    const CreateTable table = CreateTable::parse(text_);
    const ColumnDefinition& column = table.columns.back();
    if (std::count_if(table.columns.begin(), table.columns.end(),
                      [&](const ColumnDefinition& c) { return same_name(c.name, column.name); }) > 1) {
        throw Error{ErrorKind::usage, "duplicate_column",
                    "table " + source_.name + " already has a column " + column.name};
    }
    if (native_ && is_instant(column)) {
        native_->push_back("ALTER TABLE " + identifier(source_.name) + " ADD COLUMN " + step.definition);
    } else {
        native_.reset();
    }
    if (column.find(ColumnConstraint::Kind::generated) != nullptr) {
        return; // SQLite computes it
    }
    const ColumnConstraint* const value = column.find(ColumnConstraint::Kind::default_value);
    const std::string existing =
        value == nullptr ? "NULL" : value_once(value->value, "the default of " + column.name);
    if (value != nullptr && existing != value->value) {
        notes_.push_back("the default of " + column.name + " is not constant: rows that exist take " +
                         existing);
    }
    columns_.push_back({column.name, std::nullopt, existing, {}, false, true});
}

void Design::add(const DropColumn& step) {
    for (const NamedSql& index : indexes_) {
        const CreateIndex definition = CreateIndex::parse(index.sql);
        for (const IndexedTerm& term : definition.terms) {
            if (mentions(term.expression, step.column)) {
                throw refused("column_in_use", "index " + index.name + " uses column " + step.column +
                                                   ": drop the index in the same change");
            }
        }
        if (mentions(definition.where, step.column)) {
            throw refused("column_in_use",
                          "the condition of index " + index.name + " uses column " + step.column);
        }
    }
    text_ = without_column(text_, step.column);
    std::erase_if(columns_, [&](const DesignColumn& c) { return same_name(c.target, step.column); });
}

// SQLite renames a column wherever the table's own definitions use it.
void Design::rename_everywhere(const std::string& from, const std::string& to) {
    std::vector<Object> objects{{"table", source_.name, source_.name, text_}};
    for (const NamedSql& index : indexes_) {
        objects.push_back({"index", index.name, source_.name, index.sql});
    }
    Rehearsal rehearsal{objects};
    if (const std::string why = rehearsal.why_not_built("table", source_.name); !why.empty()) {
        throw refused("unreadable_definition",
                      "the definition of " + source_.name + " cannot be rehearsed: " + why);
    }
    try {
        rehearsal.run("ALTER TABLE " + identifier(source_.name) + " RENAME COLUMN " + identifier(from) +
                      " TO " + identifier(to));
    } catch (const DatabaseError& error) {
        throw Error{ErrorKind::usage, "bad_rename",
                    "column " + from + " cannot become " + to + ": " + error.what()};
    }
    text_ = object_sql(rehearsal.query(), "table", source_.name).value_or(text_);
    for (NamedSql& index : indexes_) {
        index.sql = object_sql(rehearsal.query(), "index", index.name).value_or(index.sql);
    }
}

void Design::add(const RenameColumn& step) {
    const bool generated =
        source_.find(step.column) != nullptr && source_.find(step.column)->generated != Generated::no;
    if (!generated) {
        DesignColumn& column = need(step.column);
        column.target = step.to;
    }
    rename_everywhere(step.column, step.to);
    if (native_) {
        native_->push_back("ALTER TABLE " + identifier(source_.name) + " RENAME COLUMN " +
                           identifier(step.column) + " TO " + identifier(step.to));
    }
}

void Design::retype(DesignColumn& column, const std::string& type) {
    text_ = with_type(text_, column.target, type);
    if (column.source && column.verbatim) {
        retyped_.push_back(column.target);
    }
}

void Design::add(const ChangeType& step) {
    DesignColumn& column = need(step.column);
    if (step.using_sql) {
        text_ = with_type(text_, column.target, step.type);
        column.forward = "(" + *step.using_sql + ")";
        column.verbatim = false;
        column.inverse.reset();
    } else {
        retype(column, step.type);
    }
}

void Design::add(const ReplaceColumn& step) {
    DesignColumn& column = need(step.column);
    text_ = with_column_replaced(text_, column.target, step.definition);
    if (column.source && column.verbatim) {
        retyped_.push_back(column.target);
    }
}

void Design::add(const SetNotNull& step) {
    // The new column of a pair is NOT NULL where the old one is.
    const bool given = std::any_of(kept_.begin(), kept_.end(), [&](const KeptPair& pair) {
        return pair.not_null && same_name(pair.new_column, step.column) && !step.default_sql;
    });
    if (given) {
        return;
    }
    DesignColumn& column = need(step.column);
    text_ = with_not_null(text_, column.target);
    if (step.default_sql) {
        text_ = with_default(text_, column.target, *step.default_sql);
    }
    if (step.fill_sql) {
        if (column.verbatim && column.source) {
            column.inverse = identifier(column.target);
        }
        column.forward = "coalesce(" + column.forward + ", " + *step.fill_sql + ")";
        column.verbatim = false;
    }
}

void Design::add(const DropNotNull& step) {
    text_ = without_not_null(text_, need(step.column).target);
}

void Design::add(const SetDefault& step) {
    text_ = with_default(text_, need(step.column).target, step.default_sql);
}

void Design::add(const DropDefault& step) {
    text_ = without_default(text_, need(step.column).target);
}

void Design::add(const AddConstraintText& step) {
    text_ = with_constraint(text_, step.constraint);
}

void Design::add(const DropConstraint& step) {
    text_ = without_constraint(text_, step.name);
}

void Design::add(const AddIndex& step) {
    indexes_.push_back({step.name, std::string{"CREATE "} + (step.unique ? "UNIQUE " : "") + "INDEX " +
                                       identifier(step.name) + " ON " + identifier(source_.name) + "(" +
                                       index_columns(step.columns) + ")" +
                                       (step.where ? " WHERE " + *step.where : "")});
}

void Design::add(const DropIndex& step) {
    if (std::erase_if(indexes_, [&](const NamedSql& index) { return same_name(index.name, step.name); }) ==
        0) {
        throw Error{ErrorKind::usage, "unknown_index",
                    "table " + source_.name + " has no index " + step.name};
    }
}

void Design::add(const SetPrimaryKey& step) {
    for (const std::string& column : step.columns) {
        (void)need(column);
    }
    text_ = with_primary_key(text_, step.columns);
}

void Design::add(const DropPrimaryKey&) {
    const std::string without = without_primary_key(text_);
    if (without == text_) {
        throw Error{ErrorKind::usage, "unknown_constraint", "table " + source_.name + " has no primary key"};
    }
    text_ = without;
}

// A default is a value of the column, too: left alone, new rows would take 9.99 as cents.
void Design::convert_default(const std::string& column, const ConversionPlan& plan) {
    const CreateTable table = CreateTable::parse(text_);
    const ColumnConstraint* const value = table.find(column)->find(ColumnConstraint::Kind::default_value);
    if (value == nullptr || plan.asked.rule == "using") {
        return;
    }
    if (!is_constant(value->value)) {
        throw refused("default_of_converted_column",
                      "the default of column " + column +
                          " is not constant and cannot be "
                          "converted: drop it or set the new one in the same change");
    }
    const std::string converted = literal_of("SELECT " + plan.forward_sql + " FROM (SELECT " + value->value +
                                             " AS " + identifier(plan.source_column) + ")");
    notes_.push_back("the default of " + column + " becomes " + converted + " (it was " + value->value + ")");
    text_ = with_default(text_, column, converted);
}

// The old column stays as it is, but for what a row must be allowed to leave out, and the new one is added.
void Design::keep(const Column& source, ConversionPlan plan) {
    KeptPair pair = kept_pair(source_, source, plan, text_, indexes_);
    if (pair.default_sql) {
        if (!is_constant(*pair.default_sql)) {
            throw refused("default_of_converted_column", "the default of column " + source.name +
                                                             " is not constant and cannot be converted");
        }
        pair.new_default = literal_of("SELECT " + plan.forward_sql + " FROM (SELECT " + *pair.default_sql +
                                      " AS " + identifier(plan.source_column) + ")");
    }
    text_ = source.not_null ? without_not_null(text_, source.name) : text_;
    const CreateTable before = CreateTable::parse(text_);
    text_ = with_column(text_, identifier(plan.target_column) + " " + plan.target_type);
    if (before.find(plan.target_column) != nullptr) {
        throw Error{ErrorKind::usage, "duplicate_column",
                    "table " + source_.name + " already has a column " + plan.target_column};
    }
    notes_.push_back(source.name + " stays beside " + plan.target_column +
                     " until finalize, which drops it; triggers keep both in step: a value that the "
                     "conversion does not take fails its own statement meanwhile");
    columns_.push_back({plan.target_column, std::nullopt, plan.forward_sql, {}, false, false});
    kept_.push_back(std::move(pair));
    conversions_.push_back(std::move(plan));
}

void Design::add(const Conversion& step) {
    DesignColumn& column = need(step.column);
    if (!column.source || !column.verbatim) {
        throw Error{ErrorKind::usage, "bad_conversion",
                    "column " + step.column + " is already changed by another part of this change"};
    }
    const Column& source = *source_.find(*column.source);
    Conversion asked = step;
    if (!asked.into && column.target != source.name) {
        asked.into = column.target;
    }
    asked.column = source.name;
    ConversionPlan plan =
        compile_conversion(asked, {source.name, source.type, !source.not_null, source.collation});
    if (asked.keep) {
        keep(source, std::move(plan));
        return;
    }
    const bool values_stay = asked.rule == "collation";
    if (!values_stay) {
        convert_default(column.target, plan);
    }
    if (plan.target_column != column.target) {
        rename_everywhere(column.target, plan.target_column);
        column.target = plan.target_column;
    }
    if (values_stay) {
        text_ = with_collation(text_, column.target, conversion::sqlite_collation(asked));
    } else {
        text_ = with_type(text_, column.target, plan.target_type);
        column.forward = plan.forward_sql;
        column.inverse = plan.inverse_sql;
        column.verbatim = false;
    }
    conversions_.push_back(std::move(plan));
}

} // namespace turntable::sqlite
