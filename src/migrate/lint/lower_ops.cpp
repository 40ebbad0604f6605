// Typed operations as actions, so that one rule sees both ways of writing a change.
#include <algorithm>
#include <cctype>

#include "migrate/lint/view.hpp"

namespace turntable::migrate::lint {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// "decimal(12,2)" -> numeric with 12 and 2.
SqlColumn column_named(const std::string& name, const std::string& type) {
    SqlColumn column;
    column.name = name;
    const auto open = std::min(type.find('('), type.size());
    std::string word = lower(type.substr(0, open));
    word.erase(word.find_last_not_of(' ') + 1);
    column.type = canonical_type(word);
    std::string argument;
    for (std::size_t i = open; i < type.size(); ++i) {
        if (type[i] == ',' || type[i] == ')') {
            column.arguments.push_back(argument);
            argument.clear();
        } else if (type[i] != '(' && type[i] != ' ') {
            argument += type[i];
        }
    }
    column.auto_number = column.type == "serial" || column.type == "bigserial";
    return column;
}

void set_default(SqlColumn& column, const std::optional<std::string>& text) {
    if (text) {
        column.default_kind = DefaultKind::constant;
        column.default_text = *text;
    }
}

SqlAction on(const TableName& table, ActionKind kind, std::string name = {}) {
    SqlAction action;
    action.kind = kind;
    action.object = table;
    action.name = std::move(name);
    return action;
}

SqlAction foreign_key(const TableName& table, const AddForeignKey& add) {
    SqlAction action = on(table, ActionKind::add_foreign_key, add.name);
    action.keys = add.columns;
    action.references = add.references;
    action.referenced = add.referenced_columns;
    return action;
}

SqlAction index(const TableName& table, const AddIndex& add) {
    SqlAction action = on(table, ActionKind::create_index, add.name);
    for (const std::string& key : add.columns) {
        action.keys.push_back(key.starts_with('(') ? "(…)" : key.substr(0, key.find(' ')));
    }
    action.unique = add.unique;
    action.partial = add.where.has_value();
    return action;
}

SqlAction unique(const TableName& table, const AddUnique& add) {
    SqlAction action = on(table, ActionKind::add_unique, add.name);
    action.keys = add.columns;
    action.unique = true;
    return action;
}

// The operations on one table.
struct LowerOperation {
    const TableName& table;

    SqlAction operator()(const AddColumn& add) const {
        SqlAction action = on(table, ActionKind::add_column, add.column);
        action.column = column_named(add.column, add.type);
        action.column.not_null = !add.nullable;
        set_default(action.column, add.default_sql);
        return action;
    }
    SqlAction operator()(const DropColumn& drop) const {
        return on(table, ActionKind::drop_column, drop.column);
    }
    SqlAction operator()(const RenameColumn& rename) const {
        SqlAction action = on(table, ActionKind::rename_column, rename.column);
        action.to = rename.to;
        return action;
    }
    SqlAction operator()(const ChangeColumn& change) const {
        SqlAction action = on(table, ActionKind::change_type, change.column);
        action.column = column_named(change.column, change.type);
        action.column.not_null = !change.nullable.value_or(true);
        action.converted = change.convert.has_value();
        if (change.convert) {
            const std::string& rule = change.convert->rule;
            action.scaled = (rule == "cents" || rule == "minor_units") && !change.convert->into;
        }
        return action;
    }
    SqlAction operator()(const SetNotNull& set) const {
        SqlAction action = on(table, ActionKind::set_not_null, set.column);
        action.where = set.fill_sql.has_value();
        return action;
    }
    SqlAction operator()(const DropNotNull& drop) const {
        return on(table, ActionKind::drop_not_null, drop.column);
    }
    SqlAction operator()(const SetDefault& set) const {
        return on(table, ActionKind::set_default, set.column);
    }
    SqlAction operator()(const DropDefault& drop) const {
        return on(table, ActionKind::drop_default, drop.column);
    }
    SqlAction operator()(const AddCheck& add) const { return on(table, ActionKind::add_check, add.name); }
    SqlAction operator()(const AddUnique& add) const { return unique(table, add); }
    SqlAction operator()(const AddForeignKey& add) const { return foreign_key(table, add); }
    SqlAction operator()(const DropConstraint& drop) const {
        return on(table, drop.foreign_key ? ActionKind::drop_foreign_key : ActionKind::drop_constraint,
                  drop.name);
    }
    SqlAction operator()(const AddIndex& add) const { return index(table, add); }
    SqlAction operator()(const DropIndex& drop) const { return on(table, ActionKind::drop_index, drop.name); }
    SqlAction operator()(const SetPrimaryKey& set) const {
        SqlAction action = on(table, ActionKind::add_primary_key);
        action.keys = set.columns;
        return action;
    }
    SqlAction operator()(const DropPrimaryKey&) const { return on(table, ActionKind::drop_primary_key); }
};

SqlAction new_table(const NewTable& table) {
    SqlAction action = on(table.name, ActionKind::create_table);
    for (const NewColumn& given : table.columns) {
        SqlColumn column = column_named(given.name, given.type);
        column.not_null = !given.nullable;
        column.auto_number = column.auto_number || given.identity;
        column.primary_key = given.identity;
        set_default(column, given.default_sql);
        action.columns.push_back(std::move(column));
    }
    if (!table.primary_key.empty()) {
        action.parts.push_back(on(table.name, ActionKind::add_primary_key));
        action.parts.back().keys = table.primary_key;
    }
    for (const AddUnique& add : table.uniques) {
        action.parts.push_back(unique(table.name, add));
    }
    for (const AddForeignKey& add : table.foreign_keys) {
        action.parts.push_back(foreign_key(table.name, add));
    }
    for (const AddIndex& add : table.indexes) {
        action.parts.push_back(index(table.name, add));
    }
    return action;
}

SqlAction new_column(const TableName& table, const std::string& name, const std::string& type) {
    SqlAction action = on(table, ActionKind::add_column, name);
    action.column = column_named(name, type);
    return action;
}

struct LowerBody {
    std::vector<SqlAction> operator()(const TableChange& change) const {
        return {std::visit(LowerOperation{change.table}, change.operation)};
    }
    std::vector<SqlAction> operator()(const CreateTable& create) const { return {new_table(create.table)}; }
    std::vector<SqlAction> operator()(const DropTable& drop) const {
        return {on(drop.table, ActionKind::drop_table)};
    }
    std::vector<SqlAction> operator()(const RenameTable& rename) const {
        SqlAction action = on(rename.table, ActionKind::rename_table);
        action.to = rename.to;
        return {action};
    }
    std::vector<SqlAction> operator()(const Backfill& backfill) const {
        SqlAction action = on(backfill.table, ActionKind::update);
        action.where = true;
        for (const auto& [column, value] : backfill.set) {
            action.keys.push_back(column);
        }
        return {action};
    }
    std::vector<SqlAction> operator()(const UpsertRows& upsert) const {
        return {on(upsert.table, ActionKind::insert)};
    }
    std::vector<SqlAction> operator()(const DeleteRows& rows) const {
        SqlAction action = on(rows.table, ActionKind::remove);
        action.where = true; // by their keys
        return {action};
    }
    std::vector<SqlAction> operator()(const RestoreTable&) const { return {}; }
    std::vector<SqlAction> operator()(const CopyColumn& copy) const {
        return {new_column(copy.table, copy.to, copy.type)};
    }
    std::vector<SqlAction> operator()(const SplitColumn& split) const {
        std::vector<SqlAction> actions;
        for (const NewPart& part : split.into) {
            actions.push_back(new_column(split.table, part.column, part.type));
        }
        return actions;
    }
    std::vector<SqlAction> operator()(const MergeColumns& merge) const {
        return {new_column(merge.table, merge.into.column, merge.into.type)};
    }
    std::vector<SqlAction> operator()(const RawSql&) const { return {}; }
};

} // namespace

std::vector<SqlAction> actions_of(const Op& op) {
    return std::visit(LowerBody{}, op.body);
}

} // namespace turntable::migrate::lint
