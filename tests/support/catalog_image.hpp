#pragma once
// What a database's catalogue says, as sorted lines of text, to compare before with after. turntable's own
// journal is left out; everything else that it leaves behind shows.

#include <string>
#include <vector>

#include "support/client.hpp"

namespace turntable::test {

[[nodiscard]] std::vector<std::string> catalog_image(Flavor flavor, Client& client);

// The lines of one table and its indexes, constraints and triggers alone.
[[nodiscard]] std::vector<std::string> catalog_image(Flavor flavor, Client& client,
                                                     const std::string& plain_table);

// Lines that only one of two images has, marked "- " (only before) and "+ " (only after).
[[nodiscard]] std::vector<std::string> image_changes(const std::vector<std::string>& before,
                                                     const std::vector<std::string>& after);

} // namespace turntable::test
