#pragma once
// Rules of the new shape that rows may break, found by comparing the columns of both shapes; the probe counts
// the rows.

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

void find_row_rules(const Table& source, const Table& target, const Blueprint& blueprint, Detail& detail);

} // namespace turntable::mysql
