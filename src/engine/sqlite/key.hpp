#pragma once
// Keys: how they travel through the journal, and ranges of them in SQL. A key is encoded with the storage
// class of each of its values ("i17", "tabc", "r3ff8000000000000", "bcafe", joined by commas), since 17 and
// '17' are different keys.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "turntable/statement.hpp"
#include "turntable/units.hpp"

namespace turntable::sqlite {

// One key column of one table, as an SQL expression ("s.\"id\"").
struct KeyTerm {
    std::string sql;
    bool descending = false;
};
using KeyTerms = std::vector<KeyTerm>;

// "s.\"a\", s.\"b\""
[[nodiscard]] std::string key_list(const KeyTerms& terms);
// A row value, or the bare expression of a key of one column.
[[nodiscard]] std::string key_tuple(const KeyTerms& terms);
// "typeof(a), a, typeof(b), b": the columns that encode_key reads.
[[nodiscard]] std::string key_cells(const KeyTerms& terms);
[[nodiscard]] std::string key_order(const KeyTerms& terms);

// From key_cells, starting at column `first` of a result row.
[[nodiscard]] std::string encode_key(const std::vector<Cell>& row, std::size_t first, std::size_t columns);
[[nodiscard]] std::vector<Value> decode_key(const std::string& encoded);
// "id=17, region='eu'"
[[nodiscard]] std::string shown_key(const std::vector<std::string>& names, const std::string& encoded);

// Rows after `lower` up to and including `upper` in key order ("" is open); a conjunction for WHERE.
struct KeyRange {
    std::string where;
    std::vector<Value> arguments;
};
// Disjoint ranges in key order whose union is (lower, upper]; each is one run through an index. One range,
// except for keys whose columns run in different directions.
[[nodiscard]] std::vector<KeyRange> ranges_of(const KeyTerms& terms, const std::string& lower,
                                              const std::string& upper);

// The key `rows` rows after `lower`, or the last one; "" if there is none after it.
[[nodiscard]] std::string key_after(const Query& query, const std::string& table, const KeyTerms& terms,
                                    const std::string& lower, const std::string& upper, Rows rows);

} // namespace turntable::sqlite
