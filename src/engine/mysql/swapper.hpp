#pragma once
// The swap and the way back. MySQL renames under its own table locks in one session; MariaDB needs three
// sessions and a sentry (swap_sentry.cpp). Both directions are one code: from, to and log are exchanged.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlSwapper final : public Swapper {
  public:
    [[nodiscard]] SwapOutcome swap(SessionSource& sessions, Session& session,
                                   const SwapRequest& request) const override;
    [[nodiscard]] Placement where_is(Session& session, const Blueprint& blueprint) const override;
    void after_swap(Session& session, const Blueprint& blueprint, Direction direction) const override;
    [[nodiscard]] DriftReport check_window(Session& session, const Blueprint& blueprint) const override;
    [[nodiscard]] std::vector<Clash> probe_revert(Session& session, const Blueprint& blueprint,
                                                  int example_keys_max) const override;
};

} // namespace turntable::mysql
