#pragma once
// Were the triggers of a capture there all the time? One that was dropped and put back is, by name and text,
// what it was; but the catalogue appends, so it then stands behind the capture's last object, which is on the
// log and not on the table. VACUUM renumbers the catalogue and keeps this order.

#include <vector>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

[[nodiscard]] bool capture_untouched(Session& session, const std::vector<NamedSql>& triggers,
                                     const NamedSql& end);
// In the caller's transaction. What was touched is made anew as a whole. Safe to run twice.
void install_triggers(Session& session, const std::vector<NamedSql>& triggers, const NamedSql& end);

} // namespace turntable::sqlite
