#pragma once
// The server's own cheap forms of a change: metadata only, or online in several statements that block nobody
// for long.

#include <string>
#include <vector>

#include "plan/rehearsal.hpp"
#include "plan/steps.hpp"
#include "turntable/settings.hpp"

namespace turntable::postgresql {

struct NativePlan {
    bool possible = false;
    bool instant = false;        // metadata only
    bool way_back = false;       // the inverse is native and loses nothing
    std::string reason;          // why (not)
    std::string way_back_reason; // why not
    std::vector<Statement> statements;
    std::vector<NativeStep> steps; // parallel to statements
};

// Pure.
[[nodiscard]] NativePlan plan_native(const Rehearsal& rehearsal, const std::vector<Step>& steps);

} // namespace turntable::postgresql
