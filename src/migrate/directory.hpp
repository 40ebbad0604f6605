#pragma once
// The migrations of a checkout, in order.

#include <string>
#include <vector>

#include "migrate/migration_file.hpp"

namespace turntable::migrate {

// All migrations of a folder, by version. Throws Error{usage}: no such folder, a file that does not parse,
// two files of one version or one slug.
[[nodiscard]] std::vector<MigrationFile> read_directory(const std::string& folder);

// One file. Throws Error{usage, "unreadable_file"}.
[[nodiscard]] std::string read_bytes(const std::string& path);

} // namespace turntable::migrate
