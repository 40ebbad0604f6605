#pragma once
// What differs in the catalogue from what it must be; product promise: exactly what was asked for changes.

#include <string>
#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// One sentence for each subject that differs.
[[nodiscard]] std::vector<std::string> differences(const CatalogImage& wanted, const CatalogImage& found);

[[nodiscard]] std::vector<std::string> unexpected(Session& session, const Blueprint& blueprint,
                                                  Planner::Moment moment);

} // namespace turntable::postgresql
