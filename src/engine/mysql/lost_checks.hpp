#pragma once
// A CHECK whose name was lost to a copy of its table (decision 026) can still be spoken of by that name: the
// journal knows the definition that had it.

#include <string>
#include <vector>

#include "catalog.hpp"
#include "clauses.hpp"
#include "turntable/session.hpp"

namespace turntable::mysql {

// The clause lists with names that the table does not have, after DROP and ALTER CHECK or CONSTRAINT,
// exchanged for those that it has now. What is not known stays.
[[nodiscard]] std::vector<std::string> with_lost_checks(Session& session, const Table& source,
                                                        std::vector<std::string> lists);

} // namespace turntable::mysql
