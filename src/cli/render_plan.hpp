#pragma once
// Plans for people and for programs. Pure: a Blueprint in, text out.

#include <string>
#include <vector>

#include "turntable/blueprint.hpp"

namespace turntable::cli {

// What, strategy and why, the way back, cost, conversions, every statement with its purpose and whom it
// blocks, notes.
[[nodiscard]] std::string plan_text(const Blueprint& blueprint);
// One JSON object (docs/commands.md, "plan").
[[nodiscard]] std::string plan_json(const Blueprint& blueprint);

// What revert or finalize would run for a job.
struct JobScript {
    std::string job;
    std::vector<PlannedStatement> script;
};
[[nodiscard]] std::string script_text(const JobScript& job);
[[nodiscard]] std::string script_json(const JobScript& job);
[[nodiscard]] std::string scripts_json(const std::vector<JobScript>& jobs); // array

} // namespace turntable::cli
