#pragma once
// The statement that copies one range.

#include <string>

#include "flow.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::string copy_rows(const Flow& flow, const KeyRange& range);

} // namespace turntable::sqlite
