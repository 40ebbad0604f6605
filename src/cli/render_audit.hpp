#pragma once
// What the data probe found, for people and for programs. Pure.

#include <string>

#include "run/audit.hpp"

namespace turntable::cli {

[[nodiscard]] std::string audit_text(const Blueprint& blueprint, const run::Audit& audit);
// One JSON object (docs/commands.md, "audit").
[[nodiscard]] std::string audit_json(const Blueprint& blueprint, const run::Audit& audit);
// The plan's object with the audit's in its field `probe`.
[[nodiscard]] std::string probed_plan_json(const Blueprint& blueprint, const run::Audit& audit);

} // namespace turntable::cli
