#pragma once
// SQL functions behind the conversions, all deterministic, of this program's own sessions only:
//   turntable_minor_units(x, scale, rounding, max, accepted)  the integer, NULL for NULL; fails with a
//   sentence that shows
//       the value where x is of a class that is not accepted. accepted: words of rounded (is rounded),
//       not_finite, out_of_range, rejected (become NULL)
//   turntable_minor_units_class(x, scale, rounding, max)  'null', 'exact', 'rounded', 'not_finite',
//   'out_of_range', 'rejected' turntable_major_units(c, scale, storage)  the way back, c / 10^scale as
//   'real', 'integer' or 'text'; fails where the
//       value would not come through as the same number
//   turntable_decimal_back(d, storage)  the way back of a decimal that SQLite keeps as a number: as 'real',
//   'integer' or
//       'text'
//   turntable_scaled(text, power)  decimal text × 10^power
//   turntable_minor_units_sum(x, scale, rounding, max), …_error_sum, …_largest_error  aggregates, exact
//   decimals as text

struct sqlite3;

namespace turntable::sqlite::conversion {

// Throws DatabaseError.
void register_unit_functions(sqlite3* connection);
void register_unit_sums(sqlite3* connection);

} // namespace turntable::sqlite::conversion
