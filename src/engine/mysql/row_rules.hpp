#pragma once
// Rules of the new shape that rows may break, found by comparing the columns of both shapes; the probe counts
// the rows.

#include <vector>

#include "catalog.hpp"
#include "column_trace.hpp"
#include "detail.hpp"

namespace turntable::mysql {

void find_row_rules(const Table& source, const Table& target, const Blueprint& blueprint, Detail& detail);

// The same for the server's own form, with the key by which the rows are gone through; a table without one is
// read in one pass.
void find_native_rules(const Table& source, const Table& target, const std::vector<TracedColumn>& traced,
                       Blueprint& blueprint, Detail& detail);

} // namespace turntable::mysql
