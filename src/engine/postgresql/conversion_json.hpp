#pragma once
// json: text becomes jsonb or json, where turntable/json_rules.hpp takes it and nothing of it would be lost.

#include "conversion_sql.hpp"

namespace turntable::postgresql::conversion {

[[nodiscard]] ConversionPlan compile_json(const Conversion& asked, const ConvertedColumn& source);

} // namespace turntable::postgresql::conversion
