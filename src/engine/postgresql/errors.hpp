#pragma once
// SQLSTATE -> DatabaseErrorKind: the one place where the server's answers are sorted.

#include <string_view>

#include "turntable/error.hpp"

namespace turntable::postgresql {

[[nodiscard]] DatabaseErrorKind kind_of(std::string_view sqlstate);

} // namespace turntable::postgresql
