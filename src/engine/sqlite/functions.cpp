#include "functions.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

namespace turntable::sqlite {
namespace {

std::string_view bytes_of(sqlite3_value* value) {
    // The order matters: the call that fixes the encoding comes before the one that counts bytes.
    const void* const data = sqlite3_value_type(value) == SQLITE_TEXT
                                 ? static_cast<const void*>(sqlite3_value_text(value))
                                 : sqlite3_value_blob(value);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return data == nullptr ? std::string_view{} : std::string_view{static_cast<const char*>(data), size};
}

bool same_image(sqlite3_value* a, sqlite3_value* b) {
    const int type = sqlite3_value_type(a);
    if (type != sqlite3_value_type(b)) {
        return false;
    }
    if (type == SQLITE_INTEGER) {
        return sqlite3_value_int64(a) == sqlite3_value_int64(b);
    }
    if (type == SQLITE_FLOAT) {
        // By bits: 0.0 and -0.0 are equal and not the same.
        const double left = sqlite3_value_double(a);
        const double right = sqlite3_value_double(b);
        return std::memcmp(&left, &right, sizeof left) == 0;
    }
    return type == SQLITE_NULL || bytes_of(a) == bytes_of(b);
}

void same(sqlite3_context* context, int count, sqlite3_value** values) {
    for (int i = 0; i + 1 < count; i += 2) {
        if (!same_image(values[i], values[i + 1])) {
            sqlite3_result_int(context, 0);
            return;
        }
    }
    sqlite3_result_int(context, 1);
}

// A real that is an integer becomes one in a column of NUMERIC or INTEGER affinity.
void store_number_as_numeric(sqlite3_context* context, sqlite3_value* value) {
    constexpr double limit = 9223372036854775808.0;
    const double real = sqlite3_value_double(value);
    if (real > -limit && real < limit && real == std::trunc(real)) {
        sqlite3_result_int64(context, static_cast<sqlite3_int64>(real));
    } else {
        sqlite3_result_double(context, real);
    }
}

void store_numeric(sqlite3_context* context, sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_TEXT) {
        (void)sqlite3_value_numeric_type(value); // SQLite's own conversion of text that is a number
    }
    if (sqlite3_value_type(value) == SQLITE_FLOAT) {
        store_number_as_numeric(context, value);
    } else {
        sqlite3_result_value(context, value);
    }
}

void store_real(sqlite3_context* context, sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_TEXT) {
        (void)sqlite3_value_numeric_type(value);
    }
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        sqlite3_result_double(context, sqlite3_value_double(value));
    } else {
        sqlite3_result_value(context, value);
    }
}

void store_text(sqlite3_context* context, sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
        (void)sqlite3_value_text(value);
        sqlite3_result_text64(context, bytes_of(value).data(),
                              static_cast<sqlite3_uint64>(sqlite3_value_bytes(value)), SQLITE_TRANSIENT,
                              SQLITE_UTF8);
    } else {
        sqlite3_result_value(context, value);
    }
}

void stored(sqlite3_context* context, int, sqlite3_value** values) {
    const std::string_view affinity = bytes_of(values[0]);
    if (affinity == "INTEGER" || affinity == "NUMERIC") {
        store_numeric(context, values[1]);
    } else if (affinity == "REAL") {
        store_real(context, values[1]);
    } else if (affinity == "TEXT") {
        store_text(context, values[1]);
    } else {
        sqlite3_result_value(context, values[1]);
    }
}

void show(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) != SQLITE_BLOB) {
        sqlite3_result_value(context, values[0]);
        return;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out = "x'";
    for (const char c : bytes_of(values[0])) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    out += '\'';
    sqlite3_result_text64(context, out.data(), out.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

} // namespace

void register_own_functions(sqlite3* connection) {
    constexpr int pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    const auto scalar = [&](const char* name, int arguments,
                            void (*function)(sqlite3_context*, int, sqlite3_value**)) {
        sqlite3_create_function(connection, name, arguments, pure, nullptr, function, nullptr, nullptr);
    };
    scalar("turntable_same", -1, same);
    scalar("turntable_stored", 2, stored);
    scalar("turntable_show", 1, show);
}

} // namespace turntable::sqlite
