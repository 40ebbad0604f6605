#pragma once
// What else the server is doing.

namespace turntable {
class Session;
}

namespace turntable::mysql {

// Are others committing right now? Two looks at the server's own counter, 50 ms apart.
[[nodiscard]] bool application_at_work(Session& session);

} // namespace turntable::mysql
