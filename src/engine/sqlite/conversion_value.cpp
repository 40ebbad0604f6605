#include "conversion_value.hpp"

#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite::conversion {
namespace {

UnitValue of_decimal(const Decimal& decimal, int scale, Rounding rounding) {
    const Rounding effective = rounding == Rounding::exact_only ? Rounding::down : rounding;
    const MinorUnits units = minor_units(decimal, scale, effective);
    const auto* const integer = std::get_if<std::int64_t>(&units);
    if (integer == nullptr) {
        return {ValueClass::out_of_range, 0, {}};
    }
    Decimal exact = decimal.scaled(scale);
    if (exact.is_integer()) {
        return {ValueClass::exact, *integer, {}};
    }
    return {ValueClass::rounded, *integer, std::move(exact)};
}

UnitValue of_integer(std::int64_t integer, int scale) {
    for (int power = 0; power < scale; ++power) {
        if (__builtin_mul_overflow(integer, std::int64_t{10}, &integer)) {
            return {ValueClass::out_of_range, 0, {}};
        }
    }
    return {ValueClass::exact, integer, {}};
}

UnitValue of_real(double real, int scale, Rounding rounding) {
    // exact_only gives an integer exactly where the value is one of minor units; that is the cheap way for
    // most rows.
    const MinorUnits units = minor_units(real, scale, Rounding::exact_only);
    if (const auto* const integer = std::get_if<std::int64_t>(&units)) {
        return {ValueClass::exact, *integer, {}};
    }
    if (std::holds_alternative<NotFinite>(units)) {
        return {ValueClass::not_finite, 0, {}};
    }
    return of_decimal(shortest_decimal(real), scale, rounding);
}

} // namespace

std::string_view to_string(ValueClass value_class) {
    switch (value_class) {
    case ValueClass::null:
        return "null";
    case ValueClass::exact:
        return "exact";
    case ValueClass::rounded:
        return "rounded";
    case ValueClass::not_finite:
        return "not_finite";
    case ValueClass::out_of_range:
        return "out_of_range";
    case ValueClass::rejected:
        return "rejected";
    }
    check(false, "unknown ValueClass");
    return {};
}

std::string_view text_of(sqlite3_value* value) {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text == nullptr ? std::string_view{}
                           : std::string_view{text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

namespace {

UnitValue of_any_range(sqlite3_value* value, int scale, Rounding rounding) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
        return {};
    case SQLITE_INTEGER:
        return of_integer(sqlite3_value_int64(value), scale);
    case SQLITE_FLOAT:
        return of_real(sqlite3_value_double(value), scale, rounding);
    case SQLITE_TEXT: {
        const auto number = number_in_text(text_of(value));
        return number ? of_decimal(*number, scale, rounding) : UnitValue{ValueClass::rejected, 0, {}};
    }
    default: // a blob
        return {ValueClass::rejected, 0, {}};
    }
}

} // namespace

std::optional<UnitRequest> unit_request(sqlite3_value** values) {
    const int scale = sqlite3_value_int(values[1]);
    const auto rounding = rounding_named(text_of(values[2]));
    const std::int64_t max = sqlite3_value_int64(values[3]);
    if (!rounding || scale < 0 || scale > 9 || max < 1) {
        return std::nullopt;
    }
    return UnitRequest{scale, *rounding, max};
}

UnitValue unit_value(sqlite3_value* value, const UnitRequest& request) {
    UnitValue result = of_any_range(value, request.scale, request.rounding);
    // The range of a decimal's units is symmetric, that of an integer type has one more below zero.
    const bool is_integer_type =
        ((static_cast<std::uint64_t>(request.max) + 1) & static_cast<std::uint64_t>(request.max)) == 0;
    const std::int64_t min = is_integer_type ? -request.max - 1 : -request.max;
    if (result.units < min || result.units > request.max) {
        return {ValueClass::out_of_range, 0, {}};
    }
    return result;
}

} // namespace turntable::sqlite::conversion
