#pragma once
// Typed operations and conversions in the words of ALTER TABLE.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "turntable/blueprint.hpp"
#include "turntable/change.hpp"

namespace turntable::mysql {

// One clause list per operation. A ChangeColumn with a conversion is not here: see conversions_of().
[[nodiscard]] std::vector<std::string>
operation_clauses(const Table& table, const std::vector<Operation>& operations, ServerKind kind);
// "CONSTRAINT `n` FOREIGN KEY (`a`) REFERENCES `t` (`id`) ON DELETE cascade". Throws Error{usage,
// "referenced_columns"} where they are left to the server.
[[nodiscard]] std::string foreign_key_text(const AddForeignKey& key);
// The conversions asked for directly and within operations.
[[nodiscard]] std::vector<Conversion> conversions_of(const ChangeRequest& request);
// "CHANGE COLUMN `a` `b` BIGINT NOT NULL DEFAULT '1' COMMENT '…'"; default_sql: of converted_default().
[[nodiscard]] std::string conversion_clause(const Table& table, const Column& column,
                                            const ConversionPlan& plan, const std::string& default_sql,
                                            ServerKind kind);

} // namespace turntable::mysql
