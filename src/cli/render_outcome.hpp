#pragma once
// How a job stands or ended, for people and for programs. Pure.

#include <string>
#include <vector>

#include "run/api.hpp"

namespace turntable::cli {

// A few lines: state, rows, what was verified, conversions, how long locks were held, what to do next.
[[nodiscard]] std::string outcome_text(const run::Outcome& outcome);
// The object of the contract (docs/commands.md, "result").
[[nodiscard]] std::string outcome_json(const run::Outcome& outcome);
// Array of such objects.
[[nodiscard]] std::string outcomes_json(const std::vector<run::Outcome>& outcomes);
// What stood in the way, with keys, columns and both values: audit findings, differing rows, rows that do not
// fit. The text form of the result holds it; beside JSON it goes to stderr. Empty if nothing did.
[[nodiscard]] std::string objections_text(const run::Outcome& outcome);

} // namespace turntable::cli
