#pragma once
// Rows by key: written, read and deleted one by one, so that nothing but the key decides which row it is.

#include <optional>
#include <string>
#include <vector>

#include "migrate/operations.hpp"
#include "turntable/engine.hpp"

namespace turntable::migrate {

struct RowKey {
    const TableName& table;
    const std::vector<std::string>& columns;
    const std::vector<Literal>& values;
};

[[nodiscard]] std::vector<Literal> key_of(const UpsertRows& upsert, const std::vector<Literal>& row);
// nullopt: no such row.
[[nodiscard]] std::optional<std::vector<Literal>> read_row(Session& session, const SchemaDialect& schema,
                                                           const RowKey& key,
                                                           const std::vector<std::string>& columns);
// In the caller's transaction. Returns the number of rows written.
Rows write_rows(Session& session, const SchemaDialect& schema, const UpsertRows& rows);
Rows delete_rows(Session& session, const SchemaDialect& schema, const DeleteRows& rows);

} // namespace turntable::migrate
