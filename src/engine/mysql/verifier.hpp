#pragma once
// The verification of a range or of single keys in one snapshot: every source row whose key is not in the log
// has its image on the shadow (LEFT JOIN, compared byte by byte), and both sides have equally many rows; so
// there is no other.

#include "route.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlVerifier final : public Verifier {
  public:
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override;
    [[nodiscard]] VerifiedChunk verify_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                             int differences_max) const override;
    [[nodiscard]] VerifiedChunk verify_keys(Session& session, const Blueprint& blueprint,
                                            const std::vector<std::string>& keys,
                                            int differences_max) const override;
};

} // namespace turntable::mysql
