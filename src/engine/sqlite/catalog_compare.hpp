#pragma once
// The catalogue against what was found before and what was asked for.

#include <string>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::sqlite {

// One sentence per difference. Tables, views and triggers that others created meanwhile and that have nothing
// to do with the changed table are theirs; everything that was there before must be as it was.
[[nodiscard]] std::vector<std::string> catalog_differences(Session& session, const Blueprint& blueprint,
                                                           Planner::Moment moment);

} // namespace turntable::sqlite
