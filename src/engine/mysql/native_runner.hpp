#pragma once
// instant and online strategies: the server's own ALTER, with the algorithm and lock asserted, so that it
// refuses rather than blocks.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlNativeRunner final : public NativeRunner {
  public:
    [[nodiscard]] bool done(Session& session, const Blueprint& blueprint, std::size_t n) const override;
    [[nodiscard]] LockOutcome run(Session& session, const Blueprint& blueprint, std::size_t n,
                                  const LockBudget& budget) const override;
};

} // namespace turntable::mysql
