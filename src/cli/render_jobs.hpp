#pragma once
// The list of jobs, for people and for programs. Pure.

#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "run/api.hpp"

namespace turntable::cli {

[[nodiscard]] std::string jobs_text(const std::vector<run::JobLine>& jobs);
// The array of the contract (docs/commands.md, "jobs").
[[nodiscard]] std::string jobs_json(const std::vector<run::JobLine>& jobs);
// The reason as both forms show it: why it is held back, until when it can be reverted, or that its window
// has run out and how large its log has become.
[[nodiscard]] std::string shown_reason(const run::JobLine& job);

// A message that was left for the owner of a job. request: "pause", "set".
[[nodiscard]] std::string request_text(const std::string& job, const std::string& request,
                                       const std::vector<NamedText>& settings);
[[nodiscard]] std::string request_json(const std::string& job, const std::string& request,
                                       const std::vector<NamedText>& settings);

} // namespace turntable::cli
