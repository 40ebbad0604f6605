#pragma once
// The decision that the probe's counts lead to: may the change start? Pure; docs/phases/probe.md.

#include <string>
#include <string_view>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::plan {

struct AuditedConversion {
    const ConversionPlan& plan;
    ConversionProbe counts;
};

// One sentence per finding that forbids the change, with counts, example keys and what would allow it. Empty:
// go.
[[nodiscard]] std::vector<std::string> audit(const std::vector<AuditedConversion>& conversions,
                                             const std::vector<RuleProbe>& rules);

// ProbeExample::finding of a rule's rows, the same word on every engine.
[[nodiscard]] std::string_view example_finding(std::string_view rule);

} // namespace turntable::plan
