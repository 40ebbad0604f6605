#pragma once
// Nodes of PostgreSQL's parse tree (JSON of libpg_query) into the parts that actions are made of.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "migrate/sql/statement.hpp"

namespace turntable::migrate::pg {

using Json = nlohmann::json;

[[nodiscard]] bool flag(const Json& node, const char* key);
[[nodiscard]] std::string text(const Json& node, const char* key);
[[nodiscard]] const Json& child(const Json& node, const char* key); // an empty object if there is none
[[nodiscard]] std::vector<std::string> strings(const Json& node, const char* key);
[[nodiscard]] TableName table_of(const Json& range_var);
// ["schema", "name"] -> both; more parts: the last two.
[[nodiscard]] TableName name_of_parts(const std::vector<std::string>& parts);
// An object of DROP and COMMENT: List, String, TypeName or ObjectWithArgs.
[[nodiscard]] TableName object_of(const Json& node);

[[nodiscard]] SqlColumn column_of(const Json& definition);
[[nodiscard]] DefaultKind default_kind(const Json& expression);
// column * number, number * column or column / number, casts and functions around it included.
[[nodiscard]] bool scales(const Json& expression, const std::string& column);
[[nodiscard]] SqlAction constraint_of(const Json& constraint, const TableName& table);
// The constraints written into a column, as actions of their own.
[[nodiscard]] std::vector<SqlAction> column_constraints(const Json& definition, const TableName& table);

[[nodiscard]] std::vector<SqlAction> alter_table(const Json& statement);
[[nodiscard]] std::vector<SqlAction> create_table(const Json& statement);

} // namespace turntable::migrate::pg
