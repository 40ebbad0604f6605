#pragma once
// The operations that undo a change of one table, from the catalogue as it is before the change.

#include <string>
#include <utility>
#include <vector>

#include "migrate/undo.hpp"

namespace turntable::migrate {

struct ChangeUndo {
    std::vector<Operation> operations;                     // in the order to run them
    std::vector<std::pair<UndoClass, std::string>> losses; // once the revert window is over
};

[[nodiscard]] ChangeUndo undo_of_change(const ChangeRequest& request, Session& session, const Engine& engine,
                                        const Blueprint* planned);

} // namespace turntable::migrate
