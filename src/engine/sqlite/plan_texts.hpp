#pragma once
// Names and texts of everything that a shadow change creates, renames or restores.

#include "design.hpp"
#include "detail.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::sqlite {

// Fills the names of the blueprint with ones that nothing in the catalogue bears.
void choose_names(Blueprint& blueprint, const std::vector<Object>& objects);

// Fills definitions, indexes, triggers and logs of the detail; its key is set.
void write_texts(Detail& detail, const Blueprint& blueprint, const Design& design, const Table& target);

// The catalogue as it must be after the swap, without our objects.
[[nodiscard]] std::vector<Object> expected_after(const Detail& detail);

} // namespace turntable::sqlite
