#pragma once
// Which rows go where, in which direction: the one description that copy, replay and verification share.
//   forward: source -> shadow, by the mapping
//   back:    new table -> old table, by the inverse; where forward(old value) has the image of the new value,
//   the old
//            value stays, and old columns without a counterpart are carried across

#include <optional>
#include <string>
#include <vector>

#include "detail.hpp"
#include "key.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

struct FlowColumn {
    std::string to;    // column of the to-side
    std::string value; // expression over the from-side's columns
    std::string image; // the same as the to-side stores it
    bool compared = true;
    // Back, where the value is not taken as it is: the expression over the to-side that the from-side's
    // column holds, as stored there, and that column. Equal images mean that the old value stays.
    std::optional<std::string> forward_image;
    std::string forward_column;
};

struct Flow {
    std::string from, to, log;
    std::vector<FlowColumn> columns;
    std::vector<std::string> carried;          // columns of the to-side that no FlowColumn fills
    std::vector<std::string> from_key, to_key; // same order; direction of the source's key
    std::vector<bool> key_descending;

    // Key columns of a table under an alias ("" for none).
    [[nodiscard]] KeyTerms from_terms(const std::string& alias) const;
    [[nodiscard]] KeyTerms to_terms(const std::string& alias) const;
};

[[nodiscard]] Flow flow_of(const Blueprint& blueprint, const Detail& detail, Direction direction);

// The log's key columns are named k0, k1, …
[[nodiscard]] KeyTerms log_terms(std::size_t key_columns, const std::string& alias);
// "k0, k1" of keys waiting in a log, as the right side of IN.
[[nodiscard]] std::string pending_keys(const Flow& flow);
// "f.k0 = t.k0 AND …", the left side deciding collation and affinity.
[[nodiscard]] std::string keys_equal(const KeyTerms& left, const KeyTerms& right);
// A condition that holds if all pairs of expressions have the same image.
struct ImagePair {
    std::string left, right;
};
[[nodiscard]] std::string all_same(const std::vector<ImagePair>& pairs);

} // namespace turntable::sqlite
