#pragma once
// The statements of one replay batch. Keys of the batch are bound as one text[] per key column, $1 … $n.

#include <string>

#include "detail.hpp"

namespace turntable::postgresql {

// Forward: the shadow follows the source.
// Deletes the shadow's rows of the batch, but those that the source maps to unchanged.
[[nodiscard]] std::string delete_stale(const Blueprint& blueprint, const Detail& detail);
// Deletes them all: where an unmappable row makes the comparison impossible.
[[nodiscard]] std::string delete_all(const Detail& detail);
// Inserts what the source has and the shadow has not.
[[nodiscard]] std::string insert_missing(const Blueprint& blueprint, const Detail& detail);

// Back: the old table follows the new one.
// The new table's key (n columns), then a value per inserted column of the old table: the rows of the batch
// that the old table lacks or has with another image, as they must be.
[[nodiscard]] std::string wanted_old_rows(const Blueprint& blueprint, const Detail& detail);
[[nodiscard]] std::string delete_absent_old(const Detail& detail);
[[nodiscard]] std::string delete_old(const Detail& detail);
// $1 … : one text[] per inserted column of the old table.
[[nodiscard]] std::string insert_old(const Detail& detail);
// After a TRUNCATE of the new table: every row of the old table whose key the new one has not. No arguments.
[[nodiscard]] std::string delete_after_truncate(const Detail& detail);

} // namespace turntable::postgresql
