#pragma once
// finalize: triggers and logs of the window, then the table that is no longer used, emptied in slices before
// its DROP.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlRetirer final : public Retirer {
  public:
    [[nodiscard]] LockOutcome remove_capture(Session& session, const Blueprint& blueprint, Direction swapped,
                                             const LockBudget& budget) const override;
    [[nodiscard]] bool retire_slice(Session& session, const Blueprint& blueprint, Direction swapped,
                                    Rows rows) const override;
};

} // namespace turntable::mysql
