#pragma once
// In strict mode most losses are errors; what is left (a rounded decimal, a cut fraction of a second) is only
// warned about, and a copy that loses something silently is the one thing that must not be.

#include "turntable/session.hpp"

namespace turntable::mysql {

// Throws DatabaseError{bad_value} if the last statement of the session raised a warning or a note about a
// value.
void refuse_warnings(Session& session, const std::string& statement);

} // namespace turntable::mysql
