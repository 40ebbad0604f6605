#include "migrate/lint/schema_model.hpp"

#include <algorithm>
#include <cctype>

namespace turntable::migrate::lint {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

} // namespace

std::string SchemaModel::key(const TableName& name) const {
    if (flavor_ == SqlFlavor::postgresql) { // names come folded
        return name.schema.empty() || name.schema == "public" ? name.name : name.schema + "." + name.name;
    }
    return lower(name.schema.empty() || name.schema == "main" ? name.name : name.schema + "." + name.name);
}

bool SchemaModel::same_name(const std::string& a, const std::string& b) const {
    return flavor_ == SqlFlavor::postgresql ? a == b : lower(a) == lower(b);
}

const KnownTable* SchemaModel::table(const TableName& name) const {
    const auto found = tables_.find(key(name));
    return found == tables_.end() ? nullptr : &found->second;
}

const SqlColumn* SchemaModel::column(const TableName& name, const std::string& column) const {
    const KnownTable* const known = table(name);
    if (known == nullptr) {
        return nullptr;
    }
    const auto found =
        std::find_if(known->columns.begin(), known->columns.end(),
                     [&](const SqlColumn& candidate) { return same_name(candidate.name, column); });
    return found == known->columns.end() ? nullptr : &*found;
}

KnownTable& SchemaModel::touched(const TableName& name) {
    KnownTable& table = tables_[key(name)];
    table.name = name.name;
    return table;
}

void SchemaModel::change_columns(const SqlAction& action) {
    KnownTable& table = touched(action.object);
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const SqlColumn& column) {
        return same_name(column.name, action.name);
    });
    if (action.kind == ActionKind::add_column) {
        table.columns.push_back(action.column);
    } else if (found == table.columns.end()) {
        if (action.kind == ActionKind::change_type) {
            table.columns.push_back(action.column);
            table.columns.back().name = action.name;
        }
    } else if (action.kind == ActionKind::drop_column) {
        table.columns.erase(found);
    } else if (action.kind == ActionKind::rename_column) {
        found->name = action.to;
    } else if (action.kind == ActionKind::change_type) {
        found->type = action.column.type;
        found->arguments = action.column.arguments;
    } else {
        found->not_null = action.kind == ActionKind::set_not_null;
    }
}

void SchemaModel::change_indexes(const SqlAction& action) {
    if (action.kind == ActionKind::drop_index || action.kind == ActionKind::drop_constraint) {
        for (auto& [key, table] : tables_) {
            std::erase_if(table.indexes,
                          [&](const KnownIndex& index) { return same_name(index.name, action.name); });
        }
    } else if (!action.using_index) {
        touched(action.object)
            .indexes.push_back({action.name, action.keys,
                                action.kind != ActionKind::create_index || action.unique, action.partial});
    }
}

void SchemaModel::apply(const SqlAction& action) {
    switch (action.kind) {
    case ActionKind::create_table: {
        KnownTable& table = touched(action.object);
        table.columns = action.columns;
        table.indexes.clear();
        table.complete = !action.columns.empty() && !action.using_index;
        for (const SqlAction& part : action.parts) {
            apply(part);
        }
        return;
    }
    case ActionKind::drop_table:
        tables_.erase(key(action.object));
        return;
    case ActionKind::rename_table:
        if (auto node = tables_.extract(key(action.object)); !node.empty()) {
            node.key() = key({action.object.schema, action.to});
            node.mapped().name = action.to;
            tables_.insert(std::move(node));
        }
        return;
    case ActionKind::add_column:
    case ActionKind::drop_column:
    case ActionKind::rename_column:
    case ActionKind::change_type:
    case ActionKind::set_not_null:
    case ActionKind::drop_not_null:
        change_columns(action);
        return;
    case ActionKind::create_index:
    case ActionKind::add_unique:
    case ActionKind::add_primary_key:
    case ActionKind::drop_index:
    case ActionKind::drop_constraint:
        change_indexes(action);
        return;
    default:
        return;
    }
}

} // namespace turntable::migrate::lint
