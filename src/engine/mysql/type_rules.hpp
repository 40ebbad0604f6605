#pragma once
// What a change of a column's type, or a new CHECK, refuses or silently keeps less of: conditions over the
// source's columns that are true for the rows that break it.

#include <vector>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

// A change of type without a conversion.
void find_type_rules(const Column& from, const Column& to, std::vector<RowRule>& rules);
// CHECKs of the target that the source does not have. Evaluated over what the columns are mapped from.
void find_check_rules(const Table& source, const Table& target, const Blueprint& blueprint,
                      std::vector<RowRule>& rules);

} // namespace turntable::mysql
