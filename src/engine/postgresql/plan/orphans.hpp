#pragma once
// Rows without a parent row, of a foreign key that rows which exist were never held to.

#include <string>
#include <vector>

#include "detail.hpp"
#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

// The rows of `table` that the foreign key refuses. `values` are expressions over its columns, parallel to
// the key's; `row_key` is one too, text; `table` and `parent` are quoted names.
[[nodiscard]] TableRule orphan_rule(const ForeignKey& key, const std::vector<std::string>& values,
                                    const std::string& row_key, const std::string& table,
                                    const std::string& parent);

// What a revert looks for in the old table, once the window's writes are in it: nothing has kept its rows to
// those foreign keys that the new table does not have.
[[nodiscard]] std::vector<TableRule> orphan_rules_of_way_back(const Rehearsal& rehearsal,
                                                              const std::string& old_table);

// The source column of which this column of the new table is at most a cast; "" for any other.
[[nodiscard]] std::string cast_source(const Rehearsal& rehearsal, Attnum attnum);

// Whether both keys hold the same columns to the same parent.
[[nodiscard]] bool same_reference(const Rehearsal& rehearsal, const ForeignKey& of_source,
                                  const ForeignKey& of_new);

} // namespace turntable::postgresql
