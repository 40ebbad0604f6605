#pragma once
// The copy: key ranges in primary-key order, each one plain INSERT … SELECT at READ COMMITTED, which locks no
// source row. Rows above the highest key at the start need no copy: their inserts are in the log.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlCopier final : public Copier {
  public:
    [[nodiscard]] std::string origin(Session& session, const Blueprint& blueprint) const override;
    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& origin, const std::string& lower,
                                                  Rows rows) const override;
    // One beside an application that is at work, unless more than the default were asked for.
    [[nodiscard]] int sessions(Session& session, int workers) const override;
    [[nodiscard]] std::variant<CopiedChunk, DriftReport> copy_chunk(Session& session,
                                                                    const Blueprint& blueprint,
                                                                    const std::string& origin,
                                                                    const Chunk& chunk) const override;
    [[nodiscard]] DriftReport check_source(Session& session, const Blueprint& blueprint,
                                           const std::string& origin) const override;
    // TRUNCATE commits by itself: the shadow is empty from then on, whatever the caller's transaction does.
    void empty_shadow(Session& session, const Blueprint& blueprint) const override;
};

// "INSERT INTO shadow (…) SELECT … FROM source AS src FORCE INDEX (…) WHERE <range>".
[[nodiscard]] std::string copy_statement(const Blueprint& blueprint, const std::string& range);

} // namespace turntable::mysql
