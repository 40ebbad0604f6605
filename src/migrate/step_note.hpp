#pragma once
// What an unfinished step has noted of itself in the history, so that whoever goes on knows where.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrate/undo.hpp"

namespace turntable::migrate {

struct StepNote {
    std::optional<UndoStep> undo; // found before the step began
    std::size_t part = 0;         // down: which of the steps that undo one step
    std::size_t statement = 0;    // the next one
    // Hashes of all objects before the statement in hand, if it cannot be in a transaction with this note.
    std::optional<std::map<std::string, std::string>> before;
    std::string job;                                     // online change
    std::optional<std::vector<std::string>> after, upto; // backfill: keys
    Rows rows = 0;

    [[nodiscard]] std::string text() const;
    // "" is an empty note. Throws Error{needs_repair}.
    [[nodiscard]] static StepNote from(const std::string& text);
};

} // namespace turntable::migrate
