#pragma once
// The key that identifies a row on both sides of a change.

#include <vector>

#include "catalog.hpp"
#include "design.hpp"
#include "detail.hpp"

namespace turntable::sqlite {

// The PRIMARY KEY if it serves, else the first UNIQUE index over NOT NULL columns that does; its columns keep
// their values and collation, and the new table has it, too. Throws Error{refused,"no_usable_key"} saying why
// none serves.
[[nodiscard]] std::vector<KeyPart> choose_key(const Design& design, const Table& target);

} // namespace turntable::sqlite
