#pragma once
// The probe: counts, chunk by chunk and read-only, what the change would lose, alter or reject.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlProber final : public Prober {
  public:
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& lower, Rows rows) const override;
    [[nodiscard]] ProbedChunk probe_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                          int example_keys_max) const override;
    [[nodiscard]] Blueprint over_old_table(const Blueprint& blueprint) const override;
    [[nodiscard]] std::vector<RuleProbe> probe_whole(Session& session, const Blueprint& blueprint,
                                                     int example_keys_max) const override;
};

} // namespace turntable::mysql
