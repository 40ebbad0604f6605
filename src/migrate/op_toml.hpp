#pragma once
// Operations as the text that the parser reads: what the history keeps as the way back of a step.

#include <string>
#include <vector>

#include "migrate/operations.hpp"

namespace turntable::migrate {

// One `op = [ … ]`. The words are those of docs/migrations.md, so that a person can read and use it.
[[nodiscard]] std::string op_texts(const std::vector<Op>& ops);

// The same for a file that people read: one [[op]] after another, a key on a line.
[[nodiscard]] std::string op_blocks(const std::vector<Op>& ops);

// Of an operation on one table, as `kind` says it.
[[nodiscard]] std::string kind_of(const Operation& operation);

} // namespace turntable::migrate
