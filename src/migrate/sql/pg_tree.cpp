#include "migrate/sql/pg_tree.hpp"

#include <algorithm>

namespace turntable::migrate::pg {
namespace {

bool is_array_or_serial(const std::string& type) {
    return type == "serial" || type == "bigserial" || type == "smallserial";
}

std::string argument_text(const Json& node) {
    const Json& constant = child(node, "A_Const");
    if (constant.contains("ival")) {
        return std::to_string(constant.at("ival").value("ival", 0));
    }
    return constant.contains("sval") ? text(constant.at("sval"), "sval") : "";
}

void set_type(SqlColumn& column, const Json& type) {
    const std::vector<std::string> names = strings(type, "names");
    column.type = names.empty() ? "" : canonical_type(names.back());
    column.auto_number = is_array_or_serial(column.type);
    column.array = type.contains("arrayBounds");
    for (const Json& argument : child(type, "typmods")) {
        column.arguments.push_back(argument_text(argument));
    }
}

void set_default(SqlColumn& column, const Json& expression) {
    column.default_kind = default_kind(expression);
    if (expression.contains("A_Const")) {
        column.default_text = argument_text(expression);
    } else {
        column.default_text = column.default_kind == DefaultKind::constant ? "current_timestamp" : "(…)";
    }
}

void apply(SqlColumn& column, const Json& constraint) {
    const std::string type = text(constraint, "contype");
    if (type == "CONSTR_NOTNULL") {
        column.not_null = true;
    } else if (type == "CONSTR_DEFAULT") {
        set_default(column, child(constraint, "raw_expr"));
    } else if (type == "CONSTR_PRIMARY") {
        column.primary_key = true;
        column.not_null = true;
    } else if (type == "CONSTR_UNIQUE") {
        column.unique = true;
    } else if (type == "CONSTR_CHECK") {
        column.check = true;
    } else if (type == "CONSTR_FOREIGN") {
        column.references = true;
    } else if (type == "CONSTR_IDENTITY") {
        column.auto_number = true;
        column.not_null = true;
    } else if (type == "CONSTR_GENERATED") {
        column.generated = true;
        column.stored = true;
    }
}

bool varies(const Json& node) {
    if (node.is_array()) {
        return std::any_of(node.begin(), node.end(), varies);
    }
    if (!node.is_object()) {
        return false;
    }
    for (const auto& [key, value] : node.items()) {
        if (key == "FuncCall" && !is_moment_function(strings(value, "funcname").back())) {
            return true;
        }
        if (varies(value)) {
            return true;
        }
    }
    return false;
}

bool is_column(const Json& node, const std::string& column) {
    const std::vector<std::string> fields = strings(child(node, "ColumnRef"), "fields");
    return !fields.empty() && fields.back() == column;
}

const Json& without_casts(const Json& node) {
    const Json* at = &node;
    while (at->contains("TypeCast")) {
        at = &child(at->at("TypeCast"), "arg");
    }
    return *at;
}

} // namespace

bool flag(const Json& node, const char* key) {
    const auto found = node.find(key);
    return found != node.end() && found->is_boolean() && found->get<bool>();
}

std::string text(const Json& node, const char* key) {
    const auto found = node.find(key);
    return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& child(const Json& node, const char* key) {
    static const Json nothing = Json::object();
    const auto found = node.find(key);
    return found == node.end() ? nothing : *found;
}

std::vector<std::string> strings(const Json& node, const char* key) {
    std::vector<std::string> found;
    for (const Json& item : child(node, key)) {
        found.push_back(text(child(item, "String"), "sval"));
    }
    return found;
}

TableName table_of(const Json& range_var) {
    return {text(range_var, "schemaname"), text(range_var, "relname")};
}

TableName name_of_parts(const std::vector<std::string>& parts) {
    if (parts.empty()) {
        return {};
    }
    return {parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()};
}

TableName object_of(const Json& node) {
    if (node.contains("List")) {
        return name_of_parts(strings(node.at("List"), "items"));
    }
    if (node.contains("TypeName")) {
        return name_of_parts(strings(node.at("TypeName"), "names"));
    }
    if (node.contains("ObjectWithArgs")) {
        return name_of_parts(strings(node.at("ObjectWithArgs"), "objname"));
    }
    return {"", text(child(node, "String"), "sval")};
}

DefaultKind default_kind(const Json& expression) {
    return varies(expression) ? DefaultKind::varying : DefaultKind::constant;
}

SqlColumn column_of(const Json& definition) {
    SqlColumn column;
    column.name = text(definition, "colname");
    set_type(column, child(definition, "typeName"));
    for (const Json& constraint : child(definition, "constraints")) {
        apply(column, child(constraint, "Constraint"));
    }
    return column;
}

bool scales(const Json& expression, const std::string& column) {
    const Json& node = without_casts(expression);
    if (node.contains("FuncCall")) {
        const Json& arguments = child(node.at("FuncCall"), "args");
        return !arguments.empty() && scales(arguments.front(), column);
    }
    const Json& operation = child(node, "A_Expr");
    const std::vector<std::string> name = strings(operation, "name");
    if (name.empty() || (name.back() != "*" && name.back() != "/")) {
        return false;
    }
    const Json& left = without_casts(child(operation, "lexpr"));
    const Json& right = without_casts(child(operation, "rexpr"));
    return (is_column(left, column) && right.contains("A_Const")) ||
           (is_column(right, column) && left.contains("A_Const"));
}

SqlAction constraint_of(const Json& constraint, const TableName& table) {
    SqlAction action;
    action.object = table;
    action.name = text(constraint, "conname");
    action.keys = strings(constraint, "keys");
    action.not_valid = flag(constraint, "skip_validation");
    action.using_index = constraint.contains("indexname");
    const std::string type = text(constraint, "contype");
    if (type == "CONSTR_PRIMARY") {
        action.kind = ActionKind::add_primary_key;
        action.to = text(constraint, "indexname");
    } else if (type == "CONSTR_UNIQUE") {
        action.kind = ActionKind::add_unique;
        action.unique = true;
    } else if (type == "CONSTR_CHECK") {
        action.kind = ActionKind::add_check;
    } else if (type == "CONSTR_EXCLUSION") {
        action.kind = ActionKind::add_exclusion;
    } else if (type == "CONSTR_FOREIGN") {
        action.kind = ActionKind::add_foreign_key;
        action.keys = strings(constraint, "fk_attrs");
        action.references = table_of(child(constraint, "pktable"));
        action.referenced = strings(constraint, "pk_attrs");
    } else {
        action.kind = ActionKind::alter_other;
    }
    return action;
}

std::vector<SqlAction> column_constraints(const Json& definition, const TableName& table) {
    std::vector<SqlAction> found;
    for (const Json& item : child(definition, "constraints")) {
        SqlAction action = constraint_of(child(item, "Constraint"), table);
        if (action.kind != ActionKind::alter_other) {
            action.keys = {text(definition, "colname")};
            found.push_back(std::move(action));
        }
    }
    return found;
}

std::vector<SqlAction> create_table(const Json& statement) {
    SqlAction action;
    action.kind = ActionKind::create_table;
    action.object = table_of(child(statement, "relation"));
    action.temporary = text(child(statement, "relation"), "relpersistence") == "t";
    action.if_not_exists = flag(statement, "if_not_exists");
    action.using_index = statement.contains("partbound"); // a partition has its parent's key
    for (const Json& element : child(statement, "tableElts")) {
        if (element.contains("ColumnDef")) {
            const Json& definition = element.at("ColumnDef");
            action.columns.push_back(column_of(definition));
            const auto inner = column_constraints(definition, action.object);
            action.parts.insert(action.parts.end(), inner.begin(), inner.end());
        } else if (element.contains("Constraint")) {
            action.parts.push_back(constraint_of(element.at("Constraint"), action.object));
        } else {
            action.using_index = true; // LIKE may bring one
        }
    }
    return {action};
}

} // namespace turntable::migrate::pg
