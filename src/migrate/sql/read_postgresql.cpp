// Statements of PostgreSQL, read from its own parse tree.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "migrate/sql/pg_tree.hpp"
#include "syntax/postgresql.hpp"

namespace turntable::migrate {
namespace {

using namespace pg;
using Actions = std::vector<SqlAction>;

SqlAction action_of(ActionKind kind, TableName object = {}, std::string name = {}) {
    SqlAction action;
    action.kind = kind;
    action.object = std::move(object);
    action.name = std::move(name);
    return action;
}

bool has_option(const Json& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Json& item) { return text(child(item, "DefElem"), "defname") == name; });
}

Actions create_index(const Json& node) {
    SqlAction action =
        action_of(ActionKind::create_index, table_of(child(node, "relation")), text(node, "idxname"));
    action.unique = flag(node, "unique");
    action.concurrently = flag(node, "concurrent");
    action.if_not_exists = flag(node, "if_not_exists");
    action.partial = node.contains("whereClause");
    for (const Json& item : child(node, "indexParams")) {
        const std::string name = text(child(item, "IndexElem"), "name");
        action.keys.push_back(name.empty() ? "(…)" : name);
    }
    return {action};
}

Actions drop(const Json& node) {
    const std::string type = text(node, "removeType");
    const ActionKind kind = type == "OBJECT_TABLE"    ? ActionKind::drop_table
                            : type == "OBJECT_INDEX"  ? ActionKind::drop_index
                            : type == "OBJECT_SCHEMA" ? ActionKind::drop_schema
                                                      : ActionKind::drop_other;
    Actions actions;
    for (const Json& object : child(node, "objects")) {
        SqlAction action = action_of(kind, object_of(object));
        action.name = kind == ActionKind::drop_index ? action.object.name : "";
        action.cascade = text(node, "behavior") == "DROP_CASCADE";
        action.if_exists = flag(node, "missing_ok");
        action.concurrently = flag(node, "concurrent");
        actions.push_back(std::move(action));
    }
    return actions;
}

Actions truncate(const Json& node) {
    Actions actions;
    for (const Json& relation : child(node, "relations")) {
        SqlAction action = action_of(ActionKind::truncate, table_of(child(relation, "RangeVar")));
        action.cascade = text(node, "behavior") == "DROP_CASCADE";
        actions.push_back(std::move(action));
    }
    return actions;
}

Actions rename(const Json& node) {
    const std::string type = text(node, "renameType");
    const bool table = text(node, "relationType") == "OBJECT_TABLE" || !node.contains("relationType");
    SqlAction action = action_of(type == "OBJECT_TABLE"             ? ActionKind::rename_table
                                 : type == "OBJECT_COLUMN" && table ? ActionKind::rename_column
                                                                    : ActionKind::rename_other,
                                 table_of(child(node, "relation")), text(node, "subname"));
    if (type == "OBJECT_SCHEMA") {
        action.object = {text(node, "subname"), ""};
    }
    action.to = text(node, "newname");
    return {action};
}

Actions update(const Json& node) {
    SqlAction action = action_of(ActionKind::update, table_of(child(node, "relation")));
    action.where = node.contains("whereClause");
    for (const Json& item : child(node, "targetList")) {
        const Json& target = child(item, "ResTarget");
        const std::string column = text(target, "name");
        action.keys.push_back(column);
        if (scales(child(target, "val"), column)) {
            action.scaled = true;
            action.name = column;
        }
    }
    return {action};
}

Actions change_enum(const Json& node) {
    const bool rename_value = node.contains("oldVal");
    SqlAction action = action_of(rename_value ? ActionKind::rename_enum_value : ActionKind::add_enum_value,
                                 name_of_parts(strings(node, "typeName")), text(node, "newVal"));
    action.positioned = node.contains("newValNeighbor");
    return {action};
}

Actions change_domain(const Json& node) {
    SqlAction action = action_of(ActionKind::create_domain, name_of_parts(strings(node, "typeName")));
    action.not_valid = flag(child(child(node, "def"), "Constraint"), "skip_validation");
    action.where = text(node, "subtype") == "C"; // a constraint comes with it
    action.if_exists = true;                     // the domain is in use
    if (!action.where) {
        action.kind = ActionKind::alter_other;
    }
    return {action};
}

Actions set_variable(const Json& node) {
    SqlAction action = action_of(ActionKind::set_variable, {}, text(node, "name"));
    for (const Json& argument : child(node, "args")) {
        const Json& constant = child(argument, "A_Const");
        action.to += constant.contains("sval") ? text(child(constant, "sval"), "sval")
                                               : std::to_string(child(constant, "ival").value("ival", 0));
    }
    return {action};
}

Actions transaction(const Json& node) {
    const std::string kind = text(node, "kind");
    return {action_of(kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START" ? ActionKind::begin
                                                                               : ActionKind::commit)};
}

Actions reindex(const Json& node) {
    SqlAction action = action_of(ActionKind::reindex, table_of(child(node, "relation")));
    action.concurrently = has_option(child(node, "params"), "concurrently");
    return {action};
}

Actions vacuum(const Json& node) {
    if (!has_option(child(node, "options"), "full")) {
        return {action_of(ActionKind::alter_other, {}, flag(node, "is_vacuumcmd") ? "VACUUM" : "ANALYZE")};
    }
    return {action_of(ActionKind::rewrite_table, {}, "VACUUM FULL")};
}

Actions create_type(const Json& node) {
    return {action_of(ActionKind::create_enum, name_of_parts(strings(node, "typeName")))};
}

Actions create_domain(const Json& node) {
    SqlAction action = action_of(ActionKind::create_domain, name_of_parts(strings(node, "domainname")));
    action.where = node.contains("constraints");
    return {action};
}

Actions create_view(const Json& node) {
    SqlAction action = action_of(ActionKind::create_other, table_of(child(node, "view")), "VIEW");
    action.or_replace = flag(node, "replace");
    return {action};
}

Actions copy(const Json& node) {
    return {action_of(flag(node, "is_from") ? ActionKind::insert : ActionKind::select,
                      table_of(child(node, "relation")))};
}

template <ActionKind kind>
Actions on_relation(const Json& node) {
    SqlAction action = action_of(kind, table_of(child(node, "relation")));
    action.where = node.contains("whereClause");
    return {action};
}

template <ActionKind kind>
Actions plain(const Json&) {
    return {action_of(kind)};
}

Actions opaque(const Json&) {
    return {action_of(ActionKind::opaque, {}, "runs code that is not seen here")};
}

Actions cluster(const Json& node) {
    return {action_of(ActionKind::rewrite_table, table_of(child(node, "relation")), "CLUSTER")};
}

Actions refresh(const Json& node) {
    SqlAction action =
        action_of(ActionKind::rewrite_table, table_of(child(node, "relation")), "REFRESH MATERIALIZED VIEW");
    if (flag(node, "concurrent")) {
        action.kind = ActionKind::alter_other;
    }
    return {action};
}

Actions create_as(const Json& node) {
    SqlAction action = action_of(ActionKind::create_table, table_of(child(child(node, "into"), "rel")));
    if (text(node, "objtype") != "OBJECT_TABLE") {
        action.kind = ActionKind::create_other;
    }
    action.temporary = text(child(child(node, "into"), "rel"), "relpersistence") == "t";
    return {action};
}

using Read = Actions (*)(const Json& node);

const std::map<std::string, Read, std::less<>>& readers() {
    static const std::map<std::string, Read, std::less<>> known{
        {"AlterTableStmt", &alter_table},
        {"CreateStmt", &pg::create_table},
        {"CreateTableAsStmt", &create_as},
        {"IndexStmt", &create_index},
        {"DropStmt", &drop},
        {"TruncateStmt", &truncate},
        {"RenameStmt", &rename},
        {"UpdateStmt", &update},
        {"DeleteStmt", &on_relation<ActionKind::remove>},
        {"InsertStmt", &on_relation<ActionKind::insert>},
        {"MergeStmt", &on_relation<ActionKind::merge>},
        {"SelectStmt", &plain<ActionKind::select>},
        {"AlterEnumStmt", &change_enum},
        {"CreateEnumStmt", &create_type},
        {"CreateDomainStmt", &create_domain},
        {"AlterDomainStmt", &change_domain},
        {"VariableSetStmt", &set_variable},
        {"TransactionStmt", &transaction},
        {"ReindexStmt", &reindex},
        {"VacuumStmt", &vacuum},
        {"ClusterStmt", &cluster},
        {"RefreshMatViewStmt", &refresh},
        {"LockStmt", &plain<ActionKind::lock_table>},
        {"GrantStmt", &plain<ActionKind::privilege>},
        {"GrantRoleStmt", &plain<ActionKind::privilege>},
        {"CreateRoleStmt", &plain<ActionKind::privilege>},
        {"AlterRoleStmt", &plain<ActionKind::privilege>},
        {"AlterRoleSetStmt", &plain<ActionKind::privilege>},
        {"DropRoleStmt", &plain<ActionKind::privilege>},
        {"AlterDefaultPrivilegesStmt", &plain<ActionKind::privilege>},
        {"AlterOwnerStmt", &plain<ActionKind::privilege>},
        {"DropOwnedStmt", &plain<ActionKind::drop_schema>},
        {"DropdbStmt", &plain<ActionKind::drop_schema>},
        {"ViewStmt", &create_view},
        {"CopyStmt", &copy},
        {"DoStmt", &opaque},
        {"CallStmt", &opaque},
        {"ExecuteStmt", &opaque}};
    return known;
}

// Statements that create something beside tables and touch no rows: CreateFunctionStmt, CreateSeqStmt, …
Actions other(const std::string& name) {
    if (name.starts_with("Create") || name.starts_with("Define") || name == "RuleStmt") {
        return {action_of(ActionKind::create_other, {}, name)};
    }
    return {action_of(ActionKind::alter_other, {}, name)};
}

} // namespace

std::vector<SqlAction> read_postgresql(const std::string& sql, std::string& error) {
    const syntax::PostgresqlParse parse = syntax::parse_postgresql(sql);
    if (!parse.error.empty()) {
        error = fmt::format("{} (grammar of PostgreSQL {})", parse.error, syntax::postgresql_grammar());
        return {};
    }
    Actions actions;
    const Json tree = Json::parse(parse.tree, nullptr, false);
    if (tree.is_discarded()) { // the parser copies bytes that are no text into its JSON
        error = "it is not valid UTF-8";
        return {};
    }
    for (const Json& item : tree.at("stmts")) {
        const auto statement = item.at("stmt").begin(); // its only key names what it is
        const auto reader = readers().find(statement.key());
        Actions read = reader == readers().end() ? other(statement.key()) : reader->second(statement.value());
        actions.insert(actions.end(), read.begin(), read.end());
    }
    return actions;
}

} // namespace turntable::migrate
