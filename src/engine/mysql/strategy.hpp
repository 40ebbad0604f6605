#pragma once
// Which form of the change the server accepts, learned on the empty clone, and whether the job may use it.

#include <string>
#include <vector>

#include "clauses.hpp"
#include "scratch.hpp"
#include "turntable/blueprint.hpp"
#include "turntable/settings.hpp"

namespace turntable::mysql {

struct Change {
    std::vector<std::string> lists;           // one ALTER TABLE each
    std::vector<std::vector<Clause>> clauses; // the same, read
    bool converts = false;                    // some of them come from conversions
};

struct Decision {
    Strategy strategy = Strategy::shadow;
    std::string reason;
    std::string suffix;             // ", ALGORITHM=INSTANT"
    std::vector<std::string> texts; // normalised create text after each list
};

// Leaves the clone in the wanted shape. Throws Error{refused, "strategy_not_possible"}.
[[nodiscard]] Decision decide_strategy(Scratch& scratch, Session& session, const ServerVersion& version,
                                       const Table& source, const Change& change, const Settings& settings);

} // namespace turntable::mysql
