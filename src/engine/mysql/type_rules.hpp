#pragma once
// What a change of a column's type, or a new CHECK, refuses or silently keeps less of: conditions over the
// source's columns that are true for the rows that break it.

#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

// A change of type without a conversion.
void find_type_rules(const Column& from, const Column& to, std::vector<RowRule>& rules);
// CHECKs of the target that the source does not have. Evaluated over what the columns are mapped from.
void find_check_rules(const Table& source, const Table& target, const Blueprint& blueprint,
                      std::vector<RowRule>& rules);

// The target has a CHECK that rows of the source may break.
[[nodiscard]] bool adds_check(const Table& source, const Table& target);

// `text` with each backquoted name of a column of the target replaced by what it is mapped from.
struct OverSource {
    std::string text;
    std::vector<std::string> values; // of the columns that it names
    bool by_default = false;         // it names an added column, whose value only its default knows
};
[[nodiscard]] OverSource over_source(std::string_view text, const Blueprint& blueprint);

} // namespace turntable::mysql
