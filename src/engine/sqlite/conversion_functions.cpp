#include "conversion_functions.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>
#include <string>

#include <fmt/format.h>

#include "conversion_value.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite::conversion {
namespace {

// The constant arguments of a call, parsed once per statement.
struct Request {
    UnitRequest units;
    std::array<bool, 6> accepted{}; // by ValueClass
};

bool contains_word(std::string_view words, std::string_view word) {
    return (" " + std::string{words} + " ").find(" " + std::string{word} + " ") != std::string::npos;
}

std::optional<Request> parse_request(int count, sqlite3_value** values) {
    Request request;
    const auto units = unit_request(values);
    if (!units) {
        return std::nullopt;
    }
    request.units = *units;
    for (const ValueClass value_class :
         {ValueClass::rounded, ValueClass::not_finite, ValueClass::out_of_range, ValueClass::rejected}) {
        request.accepted[static_cast<std::size_t>(value_class)] =
            count > 4 && contains_word(text_of(values[4]), to_string(value_class));
    }
    return request;
}

// nullptr after an error was set.
const Request* request_of(sqlite3_context* context, int count, sqlite3_value** values) {
    if (const auto* const known = static_cast<const Request*>(sqlite3_get_auxdata(context, 1))) {
        return known;
    }
    const auto request = parse_request(count, values);
    if (!request) {
        sqlite3_result_error(context, "turntable: bad scale or rounding", -1);
        return nullptr;
    }
    sqlite3_set_auxdata(context, 1, new Request{*request},
                        [](void* kept) { delete static_cast<Request*>(kept); });
    // SQLite may have dropped it at once, for lack of memory.
    const auto* const kept = static_cast<const Request*>(sqlite3_get_auxdata(context, 1));
    if (kept == nullptr) {
        sqlite3_result_error_nomem(context);
    }
    return kept;
}

// A value that is refused; reported as a constraint, since that is what it is to the statement.
void refuse(sqlite3_context* context, sqlite3_value* value, std::string_view reason) {
    const std::string message = fmt::format("the value {} is {}", std::string{text_of(value)}, reason);
    sqlite3_result_error(context, message.c_str(), static_cast<int>(message.size()));
    sqlite3_result_error_code(context, SQLITE_CONSTRAINT);
}

std::string_view reason_of(ValueClass value_class) {
    switch (value_class) {
    case ValueClass::rounded:
        return "too precise, it would be rounded";
    case ValueClass::not_finite:
        return "not finite";
    case ValueClass::out_of_range:
        return "out of the range of the target";
    case ValueClass::rejected:
        return "not a number";
    case ValueClass::null:
    case ValueClass::exact:
        break;
    }
    check(false, "a good value has no reason to be refused");
    return {};
}

void minor_units_function(sqlite3_context* context, int count, sqlite3_value** values) {
    const Request* const request = request_of(context, count, values);
    if (request == nullptr) {
        return;
    }
    const UnitValue value = unit_value(values[0], request->units);
    const bool accepted = request->accepted[static_cast<std::size_t>(value.value_class)];
    if (value.value_class == ValueClass::null) {
        sqlite3_result_null(context);
    } else if (value.value_class == ValueClass::exact ||
               (value.value_class == ValueClass::rounded && accepted)) {
        sqlite3_result_int64(context, value.units);
    } else if (accepted) {
        sqlite3_result_null(context);
    } else {
        refuse(context, values[0], reason_of(value.value_class));
    }
}

void class_function(sqlite3_context* context, int count, sqlite3_value** values) {
    const Request* const request = request_of(context, count, values);
    if (request != nullptr) {
        const std::string_view name = to_string(unit_value(values[0], request->units).value_class);
        sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    }
}

void result_real(sqlite3_context* context, sqlite3_value* units, const Decimal& decimal) {
    const std::string text = decimal.to_string();
    double real = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), real);
    if (shortest_decimal(real) == decimal) {
        sqlite3_result_double(context, real);
    } else {
        refuse(context, units, "more exact than a real number can be");
    }
}

void major_units_function(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
        sqlite3_result_null(context);
        return;
    }
    if (sqlite3_value_type(values[0]) != SQLITE_INTEGER) {
        refuse(context, values[0], "not an integer of minor units");
        return;
    }
    const int scale = sqlite3_value_int(values[1]);
    const Decimal decimal = Decimal{sqlite3_value_int64(values[0])}.scaled(-scale);
    const std::string_view storage = text_of(values[2]);
    if (storage == "text") {
        const std::string text = decimal.to_string(scale);
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } else if (storage == "integer" && decimal.is_integer()) {
        sqlite3_result_int64(context, *decimal.to_int64());
    } else {
        result_real(context, values[0], decimal);
    }
}

void decimal_back_function(sqlite3_context* context, int, sqlite3_value** values) {
    const std::string_view storage = text_of(values[1]);
    const int type = sqlite3_value_type(values[0]);
    if (storage == "text" && type == SQLITE_FLOAT) {
        const std::string text = shortest_decimal(sqlite3_value_double(values[0])).to_string();
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } else if (storage == "text" && type == SQLITE_INTEGER) {
        const std::string text = std::to_string(sqlite3_value_int64(values[0]));
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } else {
        sqlite3_result_value(context, values[0]);
    }
}

// Decimal text times a power of ten.
void scaled_function(sqlite3_context* context, int, sqlite3_value** values) {
    const auto decimal = Decimal::parse(text_of(values[0]));
    if (!decimal) {
        sqlite3_result_null(context);
        return;
    }
    const std::string text = decimal->scaled(sqlite3_value_int(values[1])).to_string();
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

using Function = void (*)(sqlite3_context*, int, sqlite3_value**);

// An exception must not pass through SQLite's own frames.
template <Function function>
void guarded(sqlite3_context* context, int count, sqlite3_value** values) {
    try {
        function(context, count, values);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

void add(sqlite3* connection, const char* name, int arguments, Function function) {
    const int code =
        sqlite3_create_function_v2(connection, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                   function, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        throw DatabaseError{DatabaseErrorKind::permanent, std::to_string(code), sqlite3_errmsg(connection),
                            name};
    }
}

} // namespace

void register_unit_functions(sqlite3* connection) {
    add(connection, "turntable_minor_units", 5, guarded<minor_units_function>);
    add(connection, "turntable_minor_units_class", 4, guarded<class_function>);
    add(connection, "turntable_major_units", 3, guarded<major_units_function>);
    add(connection, "turntable_scaled", 2, guarded<scaled_function>);
    add(connection, "turntable_decimal_back", 2, guarded<decimal_back_function>);
}

} // namespace turntable::sqlite::conversion
