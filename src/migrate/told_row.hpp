#pragma once
// A row of the history by word of mouth.

#include "migrate/env.hpp"
#include "migrate/migration_file.hpp"

namespace turntable::migrate {

// What was done, and so what would undo it, is not known.
[[nodiscard]] HistoryRow told_row(const Env& env, const MigrationFile& file);

} // namespace turntable::migrate
