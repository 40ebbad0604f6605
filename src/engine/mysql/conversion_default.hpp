#pragma once
// A converted column's default is one of its values: left alone, new rows would take 9.99 as cents; left out,
// it would be lost.

#include <string>

#include "catalog.hpp"
#include "server.hpp"
#include "turntable/blueprint.hpp"
#include "turntable/session.hpp"

namespace turntable::mysql {

// The conversion of the column's default as " DEFAULT …", computed by the server; "" where it has none.
// Throws Error{refused} where the default is no constant, or the conversion does not take it.
[[nodiscard]] std::string converted_default(Session& session, const Column& column,
                                            const ConversionPlan& plan, ServerKind kind);

// The default as a literal, "" where it is an expression; the column has one.
[[nodiscard]] std::string constant_default(const Column& column, ServerKind kind);

} // namespace turntable::mysql
