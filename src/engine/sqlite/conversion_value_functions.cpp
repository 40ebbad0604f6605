// turntable_value and turntable_value_class: one value by the rules of turntable/value_rules.hpp.
#include <charconv>
#include <new>
#include <string>
#include <variant>

#include <fmt/format.h>
#include <sqlite3.h>

#include "conversion_value.hpp"
#include "conversion_values.hpp"
#include "turntable/error.hpp"
#include "turntable/json_rules.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::sqlite::conversion {
namespace {

struct Bytes {
    std::string bytes;
};
using Result = std::variant<std::int64_t, std::string, Bytes>;

struct Made {
    ValueClass value_class = ValueClass::rejected;
    Result result;
};

template <typename T>
Made made(const std::optional<T>& value, ValueClass otherwise = ValueClass::rejected) {
    return value ? Made{ValueClass::exact, Result{*value}} : Made{otherwise, {}};
}

std::optional<Bytes> bytes_of_uuid(std::string_view text) {
    const auto canonical = canonical_uuid(text);
    if (!canonical) {
        return std::nullopt;
    }
    std::string hex;
    for (const char c : *canonical) {
        hex += c == '-' ? "" : std::string{c};
    }
    Bytes out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        unsigned byte = 0;
        (void)std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        out.bytes += static_cast<char>(byte);
    }
    return out;
}

std::optional<std::string> uuid_of_bytes(sqlite3_value* value) {
    if (sqlite3_value_type(value) != SQLITE_BLOB || sqlite3_value_bytes(value) != 16) {
        return std::nullopt;
    }
    const auto* const bytes = static_cast<const unsigned char*>(sqlite3_value_blob(value));
    std::string out;
    for (int i = 0; i < 16; ++i) {
        out += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    }
    return out;
}

// The parameter: decimals of the second for moment and epoch, the picture for dates.
Made make(std::string_view rule, sqlite3_value* value, std::string_view parameter) {
    const bool is_text = sqlite3_value_type(value) == SQLITE_TEXT;
    int places = 0;
    (void)std::from_chars(parameter.data(), parameter.data() + parameter.size(), places);
    if (rule == "moment") {
        return sqlite3_value_type(value) == SQLITE_INTEGER
                   ? made(moment_of_epoch(sqlite3_value_int64(value), places), ValueClass::out_of_range)
                   : Made{};
    }
    if (rule == "uuid_text") {
        return made(uuid_of_bytes(value));
    }
    if (rule == "json_text") {
        return is_text ? made(std::optional{std::string{text_of(value)}}) : Made{};
    }
    if (rule == "json" && sqlite3_value_type(value) == SQLITE_INTEGER) {
        return made(std::optional{std::string{text_of(value)}});
    }
    if (!is_text) {
        return {};
    }
    const std::string_view text = text_of(value);
    if (rule == "json") {
        return json_class(text, JsonDialect{}) == JsonClass::exact ? made(std::optional{std::string{text}})
                                                                   : Made{};
    }
    if (rule == "epoch") {
        return made(epoch_of_moment(text, places));
    }
    if (rule == "uuid") {
        return made(bytes_of_uuid(text));
    }
    const auto picture = date_picture(parameter);
    if (picture && rule == "date") {
        return made(date_in_text(text, *picture));
    }
    return picture && rule == "date_text" ? made(text_of_date(text, *picture)) : Made{};
}

void answer(sqlite3_context* context, const Result& result) {
    if (const auto* const integer = std::get_if<std::int64_t>(&result)) {
        sqlite3_result_int64(context, *integer);
    } else if (const auto* const text = std::get_if<std::string>(&result)) {
        sqlite3_result_text(context, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
    } else {
        const std::string& bytes = std::get<Bytes>(result).bytes;
        sqlite3_result_blob(context, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
    }
}

std::string reason(std::string_view rule, ValueClass value_class, std::string_view parameter) {
    if (rule == "none") {
        return std::string{parameter};
    }
    if (value_class == ValueClass::out_of_range) {
        return "not in the years 1 to 9999";
    }
    if (rule == "date") {
        return "not a date of the form " + std::string{parameter};
    }
    return rule == "uuid"    ? "not a UUID"
           : rule == "json"  ? "not JSON"
           : rule == "epoch" ? "no moment, or finer than the unit"
                             : "not usable";
}

void value_function(sqlite3_context* context, sqlite3_value** values) {
    if (sqlite3_value_type(values[1]) == SQLITE_NULL) {
        sqlite3_result_null(context);
        return;
    }
    const std::string_view rule = text_of(values[0]);
    const std::string_view parameter = text_of(values[2]);
    const Made value = make(rule, values[1], parameter);
    if (value.value_class == ValueClass::exact) {
        answer(context, value.result);
        return;
    }
    const std::string accepted = " " + std::string{text_of(values[3])} + " ";
    if (accepted.find(" " + std::string{to_string(value.value_class)} + " ") != std::string::npos) {
        sqlite3_result_null(context);
        return;
    }
    const std::string message = fmt::format("the value {} is {}", std::string{text_of(values[1])},
                                            reason(rule, value.value_class, parameter));
    sqlite3_result_error(context, message.c_str(), static_cast<int>(message.size()));
    sqlite3_result_error_code(context, SQLITE_CONSTRAINT);
}

void class_function(sqlite3_context* context, sqlite3_value** values) {
    const bool null = sqlite3_value_type(values[1]) == SQLITE_NULL;
    const std::string_view name = to_string(
        null ? ValueClass::null : make(text_of(values[0]), values[1], text_of(values[2])).value_class);
    sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
}

// An exception must not pass through SQLite's own frames.
template <void (*function)(sqlite3_context*, sqlite3_value**)>
void guarded(sqlite3_context* context, int, sqlite3_value** values) {
    try {
        function(context, values);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

void add(sqlite3* connection, const char* name, int arguments,
         void (*function)(sqlite3_context*, int, sqlite3_value**)) {
    const int code =
        sqlite3_create_function_v2(connection, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                   function, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        throw DatabaseError{DatabaseErrorKind::permanent, std::to_string(code), sqlite3_errmsg(connection),
                            name};
    }
}

} // namespace

void register_value_functions(sqlite3* connection) {
    add(connection, "turntable_value", 4, guarded<value_function>);
    add(connection, "turntable_value_class", 3, guarded<class_function>);
}

} // namespace turntable::sqlite::conversion
