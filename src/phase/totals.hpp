#pragma once
// Exact totals of conversions over chunks.

#include "machine/state.hpp"
#include "turntable/engine.hpp"

namespace turntable::phase {

// Adds the counts and sums of one probed chunk.
void add(machine::ConversionTotals& totals, const ConversionProbe& probed);
// Adds the sums of one verified chunk.
// The replacements of quarantined values are left out of the target's sum, as their originals are out of the
// source's.
void add(machine::ConversionTotals& totals, const ConversionSums& sums, const ConversionPlan& plan);
[[nodiscard]] ConversionProbe counts_of(const machine::ConversionTotals& totals);
// sum_target = sum_source * 10^scale + sum_error, to the last digit. scale: ConversionPlan::scale.
[[nodiscard]] bool conserved(const machine::ConversionTotals& totals, int scale);

} // namespace turntable::phase
