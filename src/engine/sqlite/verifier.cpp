// verify: every row, by image, in one snapshot per chunk.
#include "comparison.hpp"
#include "names.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

// Chunk::upper of the last range, open above: unlike "" it also says, as the next `lower`, that nothing
// follows.
constexpr const char* end_mark = "+";

class SqliteVerifier final : public Verifier {
  public:
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override {
        if (lower == end_mark) {
            return std::nullopt;
        }
        const Flow flow = flow_of(blueprint, detail_of(blueprint), Direction::forward);
        const std::string upper =
            key_after(query_of(session), flow.from, flow.from_terms(""), lower, "", rows);
        return Chunk{0, lower, upper.empty() ? end_mark : upper};
    }

    [[nodiscard]] VerifiedChunk verify_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                             int differences_max) const override {
        const Detail detail = detail_of(blueprint);
        const Flow flow = flow_of(blueprint, detail, Direction::forward);
        Comparison comparison{session, blueprint, flow, differences_max};
        for (const KeyScope& scope :
             scopes_of(flow, detail, chunk.lower, chunk.upper == end_mark ? "" : chunk.upper)) {
            comparison.add(scope);
        }
        return comparison.result();
    }

    [[nodiscard]] VerifiedChunk verify_keys(Session& session, const Blueprint& blueprint,
                                            const std::vector<std::string>& keys,
                                            int differences_max) const override {
        const Detail detail = detail_of(blueprint);
        const Flow flow = flow_of(blueprint, detail, Direction::forward);
        Comparison comparison{session, blueprint, flow, differences_max};
        for (const KeyScope& scope : scopes_of(flow, detail, keys)) {
            comparison.add(scope);
        }
        return comparison.result();
    }
};

} // namespace

std::unique_ptr<Verifier> make_verifier() {
    return std::make_unique<SqliteVerifier>();
}

} // namespace turntable::sqlite
