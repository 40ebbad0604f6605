#pragma once
// The key by which rows are recognised on both sides.

#include <string>
#include <vector>

#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

struct Key {
    const Index* source = nullptr; // of rehearsal.source
    const Index* target = nullptr; // of rehearsal.after
    struct Pair {
        const Column* source;
        const Column* target;
        const ColumnOrigin* origin;
        std::size_t source_place, target_place; // among the keys of the index
    };
    std::vector<Pair> columns; // in the order of the source's index
};

// The primary key if it serves, else the first UNIQUE NOT NULL index that does. The rehearsal must outlive
// the key. Throws Error{refused, "no_usable_key"} that says of each candidate why not.
[[nodiscard]] Key choose_key(const Rehearsal& rehearsal);

// The index by whose columns the rows of a table are told apart and gone through; nullptr: it has none.
[[nodiscard]] const Index* identifying_index(const Table& table);

// The row as people are shown it ("id=5, part=2"), a text expression over the table's columns.
[[nodiscard]] std::string shown_row_key(const Table& table);

} // namespace turntable::postgresql
