#pragma once
// The replay: consumes log entries by their ids and makes the to-side's rows equal to the from-side's. Plain
// reads, taken after the log rows were read: they are at least as new as the entries, and anything newer has
// its own entry.

#include <optional>

#include "route.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

// Whether a row whose unique value another row has is reported, or only put into the log again.
enum class Duplicates { told, awaited };

// One batch over a route, in the caller's transaction.
[[nodiscard]] Replayed replay_route(Session& session, const Route& route, Rows keys_max,
                                    Duplicates duplicates = Duplicates::told);
// The same in a transaction of its own, while this or another session has the tables locked. nullopt: it was
// not done within the limit, and nothing of it is left.
[[nodiscard]] std::optional<Replayed> replay_under_lock(Session& session, const Route& route, Rows keys_max,
                                                        Millis limit);

class MysqlReplayer final : public Replayer {
  public:
    [[nodiscard]] std::int64_t backlog(Session& session, const Blueprint& blueprint, Direction direction,
                                       std::int64_t limit) const override;
    [[nodiscard]] Replayed replay_batch(Session& session, const Blueprint& blueprint, Direction direction,
                                        Rows keys_max) const override;
};

} // namespace turntable::mysql
