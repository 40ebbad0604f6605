#pragma once
// The only place that knows libpqxx: one connection as a Session, and plain probes on an unpinned connection.

#include <atomic>
#include <memory>
#include <string>

#include "turntable/session.hpp"

namespace turntable::postgresql {

// Connects and pins the settings. Throws DatabaseError{connect_failed}; Error{connection,
// "transaction_pooler"} if a pooler between us and the server hands each transaction another backend
// (settings would leak to other clients), unless the use is `plain`. pooled: what earlier sessions found; a
// pooler that was seen once is there.
[[nodiscard]] std::unique_ptr<Session> open_session(const std::string& connection_string, SessionUse use,
                                                    std::atomic<bool>& pooled);

} // namespace turntable::postgresql
