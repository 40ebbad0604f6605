#pragma once
// json: text becomes JSON, where turntable/json_rules.hpp takes it and nothing of it would be lost.

#include "conversion_sql.hpp"

namespace turntable::mysql::conversion {

[[nodiscard]] ConversionPlan compile_json(const Conversion& asked, const ConvertedColumn& source);

} // namespace turntable::mysql::conversion
