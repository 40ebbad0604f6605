#pragma once
// The mapping of a change: which expression fills each column of the shadow, which brings it back, and by
// which key rows are told apart on both sides.

#include <vector>

#include "catalog.hpp"
#include "column_trace.hpp"
#include "detail.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::mysql {

// Fills columns, dropped_columns, key, detail.columns, detail.carried and the keys. blueprint.conversions
// must be compiled already. Throws Error{refused, "type_change" | "no_usable_key"}.
void map_columns(const Table& source, const Table& target, const std::vector<TracedColumn>& traced,
                 Blueprint& blueprint, Detail& detail);
void choose_key(const Table& source, const Table& target, Blueprint& blueprint, Detail& detail);
// The source's side of the key alone, by whatever unique index tells its rows apart; none is no error.
void identify_rows(const Table& source, Blueprint& blueprint, Detail& detail);

} // namespace turntable::mysql
