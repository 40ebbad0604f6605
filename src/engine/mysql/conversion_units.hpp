#pragma once
// cents and minor_units: a number of major units becomes an integer of minor units, by decimal and not by
// binary arithmetic.

#include "conversion_sql.hpp"

namespace turntable::mysql::conversion {

[[nodiscard]] ConversionPlan compile_units(const Conversion& asked, const ConvertedColumn& source);

} // namespace turntable::mysql::conversion
