#pragma once
// prepare and its undoing: shadow, logs, triggers.

#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlPreparer final : public Preparer {
  public:
    void create_objects(Session& session, const Blueprint& blueprint) const override;
    [[nodiscard]] LockOutcome install_capture(Session& session, const Blueprint& blueprint,
                                              const LockBudget& budget) const override;
    [[nodiscard]] LockOutcome undo(Session& session, const Blueprint& blueprint,
                                   const LockBudget& budget) const override;
    [[nodiscard]] bool undo_restores_rules(Session& session, const Blueprint& blueprint) const override;
    [[nodiscard]] std::vector<std::string> broken_rules(Session& session,
                                                        const Blueprint& blueprint) const override;
};

// How the empty shadow comes to be, in order: like the source, then the clauses, then without its secondary
// indexes.
[[nodiscard]] std::vector<Statement> shadow_statements(const Blueprint& blueprint);

} // namespace turntable::mysql
