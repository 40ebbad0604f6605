#pragma once
// What every engine's rules that keep a value's meaning must show against the reference in C++
// (turntable/value_rules.hpp), malformed values included.

#include "support/units_suite.hpp"
#include "turntable/json_rules.hpp"

namespace turntable::test {

// The engine's names of types.
struct ValueTypes {
    std::string text, integer;
    std::int64_t first_second; // of its moments
};

void expect_dates(UnitsClient& client, const ValueTypes& types);
void expect_moments(UnitsClient& client, const ValueTypes& types);
void expect_uuids(UnitsClient& client, const ValueTypes& types);
// A copy without a policy fails with the value in its message.
void expect_bad_values_stop(UnitsClient& client, const ValueTypes& types);
void expect_maps(UnitsClient& client, const ValueTypes& types);
// The class of every text is that of json_class(); what is made of a good one is the same document, and so is
// what the way back makes of that. keeps_text: to the byte.
void expect_json(UnitsClient& client, const ValueTypes& types, const JsonDialect& dialect, bool keeps_text);

} // namespace turntable::test
