// Consumes a change log in batches, forward before the swap and back in the revert window.
#include <fmt/core.h>

#include "job_state.hpp"
#include "parts.hpp"
#include "replay.hpp"

namespace turntable::postgresql {
namespace {

class PostgresqlReplayer final : public Replayer {
  public:
    [[nodiscard]] std::int64_t backlog(Session& session, const Blueprint& blueprint, Direction direction,
                                       std::int64_t limit) const override {
        const Detail detail = detail_of(blueprint);
        return session
            .run(fmt::format("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS entries",
                             log_of(detail, direction), limit))
            .only_integer();
    }

    [[nodiscard]] Replayed replay_batch(Session& session, const Blueprint& blueprint, Direction direction,
                                        Rows keys_max) const override {
        const Detail detail = detail_of(blueprint);
        use_job_settings(session, detail);
        const LogEntries entries = take_entries(session, detail, direction, keys_max);
        return apply_entries(session, blueprint, detail, direction, entries);
    }
};

} // namespace

std::unique_ptr<Replayer> make_replayer() {
    return std::make_unique<PostgresqlReplayer>();
}

} // namespace turntable::postgresql
