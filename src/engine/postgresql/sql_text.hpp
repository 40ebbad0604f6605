#pragma once
// Fragments of SQL that several phases share. Pure text: nothing here talks to a server.
//
// Naming inside derived tables, all with the prefix tt$: kN = key column N on the from-side, fN = its image
// on the to-side, cN = column N of the blueprint as mapped, dN = as the shadow has it, iN = column N of the
// source as mapped back.

#include <string>
#include <string_view>
#include <vector>

#include "detail.hpp"
#include "key_text.hpp"
#include "plan/quoting.hpp"

namespace turntable::postgresql {

enum class Side { source, target };

// A name that no column of the user's has by accident: tt$k1.
[[nodiscard]] std::string numbered(char letter, std::size_t n);
// "name" -> name
[[nodiscard]] std::string unquoted(std::string_view identifier);

// "a" OPERATOR(pg_catalog.=) b, over all key columns, with the operators of that side's key index.
[[nodiscard]] std::string keys_equal(const Detail& detail, Side side, const std::vector<std::string>& left,
                                     const std::vector<std::string>& right);

// lower <= key < upper as a predicate over `columns` of that side; an empty bound is open; "" if both are.
// Bounds are encoded() source keys; their values are appended to `arguments` and placeholders numbered
// accordingly.
[[nodiscard]] std::string key_range(const Detail& detail, Side side, const std::vector<std::string>& columns,
                                    const std::string& lower, const std::string& upper,
                                    std::vector<Value>& arguments);
[[nodiscard]] std::string order_by_key(const Detail& detail, const std::vector<std::string>& columns);

// Table expression over the arrays $first, $first+1, …: the keys of one side, typed and named like that
// side's columns.
[[nodiscard]] std::string keys_from(const Detail& detail, Side side, std::size_t first);

// The blueprint's column N as the shadow would hold it: mapped from the source's columns and cast to its
// type.
[[nodiscard]] std::string mapped(const Blueprint& blueprint, const Detail& detail, std::size_t column);
// "… AS c0, … AS c1" of the compared columns; "… AS k0 …, … AS f0 …" of the key and its image.
[[nodiscard]] std::vector<std::string> mapped_columns(const Blueprint& blueprint, const Detail& detail);
[[nodiscard]] std::vector<std::string> mapped_key(const Detail& detail);

// One compared pair of values; image as in detail.hpp.
struct Pair {
    std::string left, right;
    ImageSuffix image;
};
// True where a pair has different images; "false" if there is no pair. Columns whose equality is not that of
// images are compared as one record.
[[nodiscard]] std::string images_differ(const std::vector<Pair>& pairs);
// The compared columns of the blueprint: s.cN against the shadow's own column, or its alias dN, of t.
enum class ShadowColumns { named, numbered };
[[nodiscard]] std::vector<Pair> compared_pairs(const Blueprint& blueprint, const Detail& detail,
                                               ShadowColumns shadow);

// prefix + name for each.
[[nodiscard]] std::vector<std::string> prefixed(std::string_view prefix, std::vector<std::string> names);
// k0, k1, … or f0, f1, …
[[nodiscard]] std::vector<std::string> numbered_list(std::string_view prefix, char letter, std::size_t count);

} // namespace turntable::postgresql
