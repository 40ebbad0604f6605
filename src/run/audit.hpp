#pragma once
// The data probe by itself: one read-only, chunked, throttled pass that says what a change would do to every
// row that is there. Nothing is created, not even the journal.

#include <string>
#include <vector>

#include "run/api.hpp"

namespace turntable::run {

struct AuditedColumn {
    ConversionProbe counts; // over all rows; the sums are empty where a row has no target yet
    // The totals agree: target = source × 10^scale + rounding errors; false where there are none to compare.
    bool conserved = false;
};

struct Audit {
    Rows rows = 0;
    std::vector<AuditedColumn> conversions; // one per Blueprint::conversions
    std::vector<RuleProbe> rules;
    std::vector<std::string> findings; // what forbids the change, one sentence each; empty: it may start
    double seconds = 0;

    [[nodiscard]] int exit_code() const {
        return findings.empty() ? 0 : static_cast<int>(ErrorKind::negative);
    }
};

// The sensors of the settings hold it back as they do a job. Throws Error{stopped} when the stop flag is
// raised.
[[nodiscard]] Audit audit(const Context& context, const Blueprint& blueprint, const Settings& settings);

} // namespace turntable::run
