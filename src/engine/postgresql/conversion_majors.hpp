#pragma once
// from_minor_units: an integer of minor units becomes a numeric of major units, exactly.

#include "conversion_sql.hpp"

namespace turntable::postgresql::conversion {

[[nodiscard]] ConversionPlan compile_majors(const Conversion& asked, const ConvertedColumn& source);

} // namespace turntable::postgresql::conversion
