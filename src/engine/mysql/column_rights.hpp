#pragma once
// Rights on single columns belong to names: the swap leaves those of the table and of its columns where they
// are, as both servers' own ALTER does. A column that is renamed or dropped leaves its rights under the old
// name, where they are of no use: the plan says which.

#include <string>
#include <vector>

#include "catalog.hpp"

namespace turntable::mysql {

// One line for each account and column without a namesake in the target, as far as this account may see
// rights.
[[nodiscard]] std::vector<std::string> rights_left_behind(Session& session, const Table& source,
                                                          const Table& target);

} // namespace turntable::mysql
