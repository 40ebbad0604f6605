#pragma once
// Copies one range of keys, inside the caller's write transaction.
//
// The UNIQUE constraints of a table cannot be added later in SQLite, so the shadow has them during the copy,
// and a row may clash with a row copied earlier that is stale by now: the value moved from one row to the
// other in between. By the invariant the stale row's key is in the log. The row that clashes is left to the
// replay, too: its key goes into the log, and so does that of a row whose value the new shape refuses, for
// the replay to report. A key that is copied twice would be a bug, and is an error.

#include "flow.hpp"

namespace turntable::sqlite {

[[nodiscard]] CopiedChunk copy_range(Session& session, const Flow& flow, const std::string& lower,
                                     const std::string& upper);

} // namespace turntable::sqlite
