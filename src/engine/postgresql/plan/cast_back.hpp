#pragma once
// The way back of a change of type that says nothing but the new type.

#include <optional>
#include <string>

#include "plan/table.hpp"
#include "turntable/engine.hpp"

namespace turntable::postgresql {

// text, varchar, char, and domains over them.
[[nodiscard]] bool is_text(const Column& column);

// The expression over the relation's column, canonical; nullopt where the server has no such cast. A value
// that the old type cannot hold as it is is refused, SQLSTATE 22P02. In the caller's transaction.
[[nodiscard]] std::optional<std::string> cast_back_if_there_is_one(Session& session,
                                                                   const std::string& relation,
                                                                   const Column& column,
                                                                   const Column& source);

} // namespace turntable::postgresql
