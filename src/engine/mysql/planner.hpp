#pragma once
// inspect and plan.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlPlanner final : public Planner {
  public:
    [[nodiscard]] Blueprint plan(Session& session, const ChangeRequest& request,
                                 const PlanOptions& options) const override;
    [[nodiscard]] std::vector<std::string> unexpected_changes(Session& session, const Blueprint& blueprint,
                                                              Moment moment) const override;
};

} // namespace turntable::mysql
