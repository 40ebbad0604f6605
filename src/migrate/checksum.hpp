#pragma once
// Checksums of migration files. The name of the algorithm is part of a checksum, so that a later algorithm
// never makes an old file look changed.

#include <string>
#include <string_view>

namespace turntable::migrate {

// SHA-256 as lower case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

// "sha256.1:…" of a canonical text (migration_file.hpp).
[[nodiscard]] std::string checksum(std::string_view canonical);

} // namespace turntable::migrate
