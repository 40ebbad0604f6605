#pragma once
// The catalogue in the words of operations, and every object of a user's schemas as a text.

#include <optional>
#include <string>
#include <vector>

#include "turntable/schema.hpp"

namespace turntable::postgresql {

// The oid of a table by its name in the session's search path; nullopt: no such table.
[[nodiscard]] std::optional<std::string> table_oid(Session& session, const TableName& table);
[[nodiscard]] TableDescription describe_table(Session& session, const std::string& oid);
// Everything outside the system's schemas and our own, by kind and name.
[[nodiscard]] std::vector<SchemaObject> schema_objects(Session& session);

} // namespace turntable::postgresql
