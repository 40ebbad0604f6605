#pragma once
// Deferred indexes: all plain ones in one ALTER, which reads the clustered index once; then the unique ones,
// after a replay, because rows copied at different times may hold one unique value twice until then.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlIndexer final : public Indexer {
  public:
    [[nodiscard]] std::vector<Statement> steps(const Blueprint& blueprint) const override;
    void build(Session& session, const Blueprint& blueprint, std::size_t n) const override;
    [[nodiscard]] std::optional<double> progress(Session& session, const Blueprint& blueprint) const override;
};

} // namespace turntable::mysql
