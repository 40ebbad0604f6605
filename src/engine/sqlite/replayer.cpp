// replay: log entries -> equal rows, in both directions.
#include "names.hpp"
#include "parts.hpp"
#include "replay_batch.hpp"

namespace turntable::sqlite {
namespace {

class SqliteReplayer final : public Replayer {
  public:
    [[nodiscard]] std::int64_t backlog(Session& session, const Blueprint& blueprint, Direction direction,
                                       std::int64_t limit) const override {
        return session
            .run("SELECT count(*) FROM (SELECT 1 FROM " + identifier(log_of(blueprint, direction)) +
                     " LIMIT ?)",
                 {limit})
            .only_integer();
    }

    [[nodiscard]] Replayed replay_batch(Session& session, const Blueprint& blueprint, Direction direction,
                                        Rows keys_max) const override {
        const auto bounds = session
                                .run("SELECT min(id) - 1, max(id) FROM (SELECT id FROM " +
                                         identifier(log_of(blueprint, direction)) + " ORDER BY id LIMIT ?)",
                                     {keys_max})
                                .rows.at(0);
        if (!bounds[0]) {
            return {};
        }
        const Flow flow = flow_of(blueprint, detail_of(blueprint), direction);
        return ReplayBatch{session, flow, std::stoll(*bounds[0]), std::stoll(*bounds[1])}.run();
    }

  private:
    static const std::string& log_of(const Blueprint& blueprint, Direction direction) {
        return direction == Direction::forward ? blueprint.log_name : blueprint.reverse_log_name;
    }
};

} // namespace

std::unique_ptr<Replayer> make_replayer() {
    return std::make_unique<SqliteReplayer>();
}

} // namespace turntable::sqlite
