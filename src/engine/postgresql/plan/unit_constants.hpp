#pragma once
// A limit written in euros means something else to a column of cents: what compares a converted column with a
// constant and was there before must be renewed by whoever knows the new unit.

#include <set>
#include <string>

#include "plan/rehearsal.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

// converted: names in the wanted shape. added_checks: written by the user with this change, so in the new
// unit. The clone must still be there. Throws Error{refused, "constant_in_old_unit"}.
void refuse_constants_in_another_unit(Session& session, const Rehearsal& rehearsal,
                                      const std::set<std::string>& converted,
                                      const std::set<std::string>& added_checks);

} // namespace turntable::postgresql
