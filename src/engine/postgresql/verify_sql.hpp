#pragma once
// The comparison of source and shadow over a set of rows, as one FULL JOIN on the key.

#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"
#include "turntable/statement.hpp"

namespace turntable::postgresql {

// Which rows are compared: `source_where` is over the source aliased s, `target_where` over the shadow
// aliased t, both without WHERE and may be empty. Their placeholders refer to `arguments`.
struct RowSet {
    std::string source_where, target_where;
    std::vector<Value> arguments;
};

// True if the mapping keeps the order of keys, so that a range on one side is a range on the other.
[[nodiscard]] bool key_order_kept(const Detail& detail);

// One row: source rows, shadow rows, differing rows, then per conversion that conserves a sum: sum of the
// source, of the target, of the error.
[[nodiscard]] std::string count_and_sum(const Blueprint& blueprint, const Detail& detail, const RowSet& rows);

// The differing rows: source key (n), shadow key (n), then per compared column: source value, shadow value,
// differs.
[[nodiscard]] std::string differing_rows(const Blueprint& blueprint, const Detail& detail, const RowSet& rows,
                                         int rows_max);

// EXISTS or NOT EXISTS predicates for the keys bound at $first …, for source_where and target_where.
enum class Membership { only, without };
[[nodiscard]] std::string source_in_keys(const Detail& detail, Membership membership, std::size_t first);
[[nodiscard]] std::string target_in_keys(const Detail& detail, Membership membership, std::size_t first);

} // namespace turntable::postgresql
