#pragma once
// The rules that keep a value's meaning (turntable/value_rules.hpp), as calls of two functions of this
// program's own sessions, both deterministic:
//   turntable_value(rule, x, parameter, accepted)   the value, NULL for NULL; fails with a sentence that
//   shows
//       x where its class is not accepted. accepted: words of out_of_range, rejected (become NULL)
//   turntable_value_class(rule, x, parameter)       'null', 'exact', 'out_of_range', 'rejected'
// rule: moment, epoch, date, date_text, uuid, uuid_text, json, json_text; what the parameter means is in the
// source.

#include <optional>

#include "conversion_sql.hpp"

namespace turntable::sqlite::conversion {

// nullopt: the rule is not one of them.
[[nodiscard]] std::optional<ConversionPlan> compile_values(const Conversion& asked,
                                                           const ConvertedColumn& source);
// The collation that the rule of that name asks for: BINARY, NOCASE or RTRIM. Throws Error{refused} for any
// other.
[[nodiscard]] std::string sqlite_collation(const Conversion& asked);
// Throws DatabaseError.
void register_value_functions(sqlite3* connection);

} // namespace turntable::sqlite::conversion
