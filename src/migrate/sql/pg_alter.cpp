// ALTER TABLE of PostgreSQL: one action per clause.
#include <map>

#include "migrate/sql/pg_tree.hpp"

namespace turntable::migrate::pg {
namespace {

const std::map<std::string, ActionKind, std::less<>>& plain_kinds() {
    static const std::map<std::string, ActionKind, std::less<>> kinds{
        {"AT_DropColumn", ActionKind::drop_column},
        {"AT_SetNotNull", ActionKind::set_not_null},
        {"AT_DropNotNull", ActionKind::drop_not_null},
        {"AT_DropConstraint", ActionKind::drop_constraint},
        {"AT_ValidateConstraint", ActionKind::validate_constraint},
        {"AT_SetLogged", ActionKind::rewrite_table},
        {"AT_SetUnLogged", ActionKind::rewrite_table},
        {"AT_SetTableSpace", ActionKind::rewrite_table},
        {"AT_SetAccessMethod", ActionKind::rewrite_table}};
    return kinds;
}

std::string rewrite_name(const std::string& subtype) {
    static const std::map<std::string, std::string, std::less<>> names{
        {"AT_SetLogged", "SET LOGGED"},
        {"AT_SetUnLogged", "SET UNLOGGED"},
        {"AT_SetTableSpace", "SET TABLESPACE"},
        {"AT_SetAccessMethod", "SET ACCESS METHOD"}};
    const auto found = names.find(subtype);
    return found == names.end() ? "" : found->second;
}

SqlAction change_type(const Json& command, SqlAction action) {
    const Json& definition = child(child(command, "def"), "ColumnDef");
    action.kind = ActionKind::change_type;
    action.column = column_of(definition);
    action.column.name = action.name;
    action.scaled = scales(child(definition, "raw_default"), action.name);
    return action;
}

void add_column(const Json& command, SqlAction action, std::vector<SqlAction>& actions) {
    const Json& definition = child(child(command, "def"), "ColumnDef");
    action.kind = ActionKind::add_column;
    action.column = column_of(definition);
    action.name = action.column.name;
    action.if_not_exists = flag(command, "missing_ok");
    actions.push_back(action);
    const auto inner = column_constraints(definition, action.object);
    actions.insert(actions.end(), inner.begin(), inner.end());
}

SqlAction partition(const Json& command, SqlAction action, ActionKind kind) {
    const Json& part = child(child(command, "def"), "PartitionCmd");
    action.kind = kind;
    action.name = table_of(child(part, "name")).name;
    action.concurrently = flag(part, "concurrent");
    return action;
}

void read_command(const Json& command, const TableName& table, std::vector<SqlAction>& actions) {
    SqlAction action;
    action.kind = ActionKind::alter_other;
    action.object = table;
    action.name = text(command, "name");
    action.cascade = text(command, "behavior") == "DROP_CASCADE";
    action.if_exists = flag(command, "missing_ok");
    const std::string subtype = text(command, "subtype");
    if (const auto plain = plain_kinds().find(subtype); plain != plain_kinds().end()) {
        action.kind = plain->second;
        if (action.kind == ActionKind::rewrite_table) {
            action.name = rewrite_name(subtype);
        }
    } else if (subtype == "AT_AddColumn") {
        add_column(command, std::move(action), actions);
        return;
    } else if (subtype == "AT_AddConstraint") {
        action = constraint_of(child(child(command, "def"), "Constraint"), table);
    } else if (subtype == "AT_AlterColumnType") {
        action = change_type(command, std::move(action));
    } else if (subtype == "AT_ColumnDefault") {
        action.kind = command.contains("def") ? ActionKind::set_default : ActionKind::drop_default;
    } else if (subtype == "AT_AttachPartition") {
        action = partition(command, std::move(action), ActionKind::attach_partition);
    } else if (subtype == "AT_DetachPartition") {
        action = partition(command, std::move(action), ActionKind::detach_partition);
    }
    actions.push_back(std::move(action));
}

} // namespace

std::vector<SqlAction> alter_table(const Json& statement) {
    std::vector<SqlAction> actions;
    const TableName table = table_of(child(statement, "relation"));
    const std::string type = text(statement, "objtype");
    if (type == "OBJECT_INDEX" || type == "OBJECT_VIEW" || type == "OBJECT_SEQUENCE" ||
        type == "OBJECT_TYPE") {
        SqlAction action;
        action.kind = ActionKind::alter_other;
        action.object = table;
        return {action};
    }
    for (const Json& item : child(statement, "cmds")) {
        read_command(child(item, "AlterTableCmd"), table, actions);
    }
    return actions;
}

} // namespace turntable::migrate::pg
