#pragma once
// A dump as text: what the client of the database, and a migration's section of raw SQL, can read.

#include <string>
#include <string_view>
#include <vector>

#include "turntable/schema.hpp"

namespace turntable::migrate {

// One statement with its terminator; on MySQL and MariaDB within DELIMITER lines where it has a body.
[[nodiscard]] std::string statement_text(const SchemaPart& part, std::string_view engine);
// All of them. The same for the same parts.
[[nodiscard]] std::string dump_text(const std::vector<SchemaPart>& parts, std::string_view engine);

} // namespace turntable::migrate
