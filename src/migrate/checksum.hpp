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

// Whether a text is the one that was applied: by its checksum, or by the text itself where the checksum is of
// an algorithm that this version does not have.
[[nodiscard]] bool is_applied_text(std::string_view text, std::string_view applied_checksum,
                                   std::string_view applied_text);

} // namespace turntable::migrate
