#pragma once
// from_minor_units: an integer of minor units becomes a decimal of major units, exactly.

#include "conversion_sql.hpp"

namespace turntable::mysql::conversion {

[[nodiscard]] ConversionPlan compile_majors(const Conversion& asked, const ConvertedColumn& source);

} // namespace turntable::mysql::conversion
