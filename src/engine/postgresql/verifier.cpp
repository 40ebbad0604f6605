// Compares every row of source and shadow under live writes, range by range of the key, in one snapshot each.
#include "job_state.hpp"
#include "key_chunks.hpp"
#include "parts.hpp"
#include "verify_rows.hpp"
#include "verify_sql.hpp"

namespace turntable::postgresql {
namespace {

class PostgresqlVerifier final : public Verifier {
  public:
    // A mapping that shuffles the key's order leaves one range: the whole table.
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override {
        const Detail detail = detail_of(blueprint);
        if (!key_order_kept(detail)) {
            return Chunk{};
        }
        return next_key_range(session, detail, detail.names.source, lower, rows);
    }

    [[nodiscard]] VerifiedChunk verify_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                             int differences_max) const override {
        const Detail detail = detail_of(blueprint);
        use_job_settings(session, detail);
        return compare_chunk(session, blueprint, detail, chunk, differences_max);
    }

    [[nodiscard]] VerifiedChunk verify_keys(Session& session, const Blueprint& blueprint,
                                            const std::vector<std::string>& keys,
                                            int differences_max) const override {
        const Detail detail = detail_of(blueprint);
        use_job_settings(session, detail);
        return compare_keys(session, blueprint, detail, keys, differences_max);
    }
};

} // namespace

std::unique_ptr<Verifier> make_verifier() {
    return std::make_unique<PostgresqlVerifier>();
}

} // namespace turntable::postgresql
