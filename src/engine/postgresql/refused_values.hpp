#pragma once
// The rows whose new value the server cannot compute (text that is no number, a value outside of a domain, an
// expression of the user's that raises). No predicate tells them beforehand, so they are found by trial.

#include <functional>
#include <optional>
#include <string>

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// Runs something within the caller's transaction, which goes on whatever becomes of it. The server's message
// if it refuses a value; other trouble is thrown on.
[[nodiscard]] std::optional<std::string> refusal_of(Session& session, const std::function<void()>& trial);

// Rule "value": rows of the chunk by their keys, at most examples_max, each with its value and the server's
// message. The range of the key is halved where the server refuses.
[[nodiscard]] RuleProbe refused_values(Session& session, const Detail& detail, const EvaluatedValue& value,
                                       const Chunk& chunk, int examples_max);

} // namespace turntable::postgresql
