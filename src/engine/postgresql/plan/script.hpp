#pragma once
// The script of a shadow change as `plan` prints it: every statement of every phase, in order.

#include "detail.hpp"
#include "turntable/settings.hpp"

namespace turntable::postgresql {

[[nodiscard]] std::vector<PlannedStatement> shadow_script(const Blueprint& blueprint, const Detail& detail,
                                                          const Settings& settings);
// What the operator must know before a shadow change.
[[nodiscard]] std::vector<std::string> shadow_notes(const Blueprint& blueprint, const Detail& detail);

} // namespace turntable::postgresql
