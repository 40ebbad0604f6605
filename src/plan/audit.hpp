#pragma once
// The decision that the probe's counts lead to: may the change start? Pure; docs/phases/probe.md.

#include <string>
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

} // namespace turntable::plan
