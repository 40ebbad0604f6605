#pragma once
// Keys on the client: values in the server's text form, compared bytewise, never interpreted.

#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/statement.hpp"

namespace turntable::postgresql {

using KeyText = std::vector<std::string>; // one value per key column, never NULL

// Chunk bounds and pending keys: a JSON array of the values.
[[nodiscard]] std::string encoded(const KeyText& key);
[[nodiscard]] KeyText decoded(const std::string& text);

// For people: "id=17" or "a=1, b=x". names are quoted identifiers.
[[nodiscard]] std::string shown(const std::vector<std::string>& names, const KeyText& key);
[[nodiscard]] std::vector<std::string> source_names(const Detail& detail);
[[nodiscard]] std::vector<std::string> target_names(const Detail& detail);

// One text[] literal per key column: the arguments of keys_from().
[[nodiscard]] std::vector<Value> key_arrays(const std::vector<KeyText>& keys, std::size_t columns);
// A text[] literal; NULL cells become NULL elements.
[[nodiscard]] std::string array_literal(const std::vector<Cell>& elements);

// The first `columns` cells of a row as a key; check()s that none is NULL.
[[nodiscard]] KeyText key_of(const std::vector<Cell>& row, std::size_t columns);

} // namespace turntable::postgresql
