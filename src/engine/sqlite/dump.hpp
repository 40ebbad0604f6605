#pragma once
// The file's schema as statements that make it again.

#include <vector>

#include "catalog.hpp"
#include "turntable/schema.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::vector<SchemaPart> dump_parts(const Query& query);

} // namespace turntable::sqlite
