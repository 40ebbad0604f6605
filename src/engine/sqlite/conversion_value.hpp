#pragma once
// One SQLite value as minor units, by its storage class.

#include <cstdint>
#include <optional>
#include <string_view>

#include <sqlite3.h>

#include "turntable/change.hpp"
#include "turntable/decimal.hpp"

namespace turntable::sqlite::conversion {

enum class ValueClass { null, exact, rounded, not_finite, out_of_range, rejected };
[[nodiscard]] std::string_view to_string(ValueClass value_class);

struct UnitValue {
    ValueClass value_class = ValueClass::null;
    std::int64_t units = 0;       // exact and rounded: the result
    std::optional<Decimal> exact; // rounded: x × 10^scale
};

// The constant arguments of a call.
struct UnitRequest {
    int scale = 0;
    Rounding rounding = Rounding::exact_only;
    std::int64_t max = INT64_MAX; // the result is from -max - (max is 2^n - 1 ? 1 : 0) to max
};

// From the arguments 1 to 3 of a call; nullopt if they make no sense.
[[nodiscard]] std::optional<UnitRequest> unit_request(sqlite3_value** values);

// exact_only counts what it does not take as rounded, with the truncated result.
[[nodiscard]] UnitValue unit_value(sqlite3_value* value, const UnitRequest& request);

[[nodiscard]] std::string_view text_of(sqlite3_value* value);

} // namespace turntable::sqlite::conversion
