#pragma once
// Who follows this server: for the lag, and for what one long statement would do to them.

#include <string>
#include <vector>

#include "server.hpp"
#include "turntable/session.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

struct ReplicaAddress {
    std::string host;
    int port = 0; // 0: the primary's

    [[nodiscard]] std::string display() const;
};

// "host[:port],…", "[::1]:3307". Throws Error{usage, "bad_value"}.
[[nodiscard]] std::vector<ReplicaAddress> parse_replicas(const std::string& text);
// The URL of the primary, but for the host, the port and what is only true on the primary's machine.
[[nodiscard]] Url replica_url(const Url& primary, const ReplicaAddress& replica);
// True while a session sends the binary log to somebody. Needs PROCESS.
[[nodiscard]] bool replicas_follow(Session& session);
// Those that the server lists. Throws Error{connection} where one does not say its address (report_host), or
// the account may not ask.
[[nodiscard]] std::vector<ReplicaAddress> listed_replicas(Session& session);

} // namespace turntable::mysql
