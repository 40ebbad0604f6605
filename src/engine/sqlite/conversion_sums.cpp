// Exact sums over one conversion. Whole units are added in 128 bits, which 2^64 rows cannot overflow.
#include <memory>
#include <new>
#include <string>

#include <sqlite3.h>

#include "conversion_functions.hpp"
#include "conversion_value.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite::conversion {
namespace {

__extension__ using Wide = __int128;

std::string wide_text(Wide value) {
    std::string digits;
    const bool negative = value < 0;
    do {
        const int digit = static_cast<int>(value % 10);
        digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
        value /= 10;
    } while (value != 0);
    return (negative ? "-" : "") + digits;
}

struct Sums {
    bool any = false;
    int scale = 0;
    Wide whole = 0;    // of exact rows, in minor units
    Decimal fractions; // of rounded rows before rounding, in minor units
    Decimal error, largest_error;

    void add(const UnitValue& value) {
        any = true;
        if (!value.exact) {
            whole += value.units;
            return;
        }
        const Decimal difference = Decimal{value.units} - *value.exact;
        fractions = fractions + *value.exact;
        error = error + difference;
        largest_error = std::max(largest_error, difference.absolute());
    }
};

// SQLite gives zeroed memory per group; the object behind it is made on the first row.
Sums*& slot(sqlite3_context* context, int bytes) {
    static thread_local Sums* none = nullptr;
    none = nullptr;
    void* const memory = sqlite3_aggregate_context(context, bytes);
    return memory == nullptr ? none : *static_cast<Sums**>(memory);
}

void step(sqlite3_context* context, int, sqlite3_value** values) {
    try {
        const auto request = unit_request(values);
        if (!request) {
            sqlite3_result_error(context, "turntable: bad scale or rounding", -1);
            return;
        }
        const UnitValue value = unit_value(values[0], *request);
        if (value.value_class != ValueClass::exact && value.value_class != ValueClass::rounded) {
            return;
        }
        Sums*& sums = slot(context, sizeof(Sums*));
        if (sums == nullptr) {
            sums = new Sums;
        }
        sums->scale = request->scale;
        sums->add(value);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

std::string source_text(const Sums& sums) {
    return (*Decimal::parse(wide_text(sums.whole)) + sums.fractions).scaled(-sums.scale).to_string();
}
std::string error_text(const Sums& sums) {
    return sums.error.to_string();
}
std::string largest_text(const Sums& sums) {
    return sums.largest_error.to_string();
}

template <std::string (*text_of_sums)(const Sums&)>
void final(sqlite3_context* context) {
    const std::unique_ptr<Sums> sums{slot(context, 0)};
    try {
        if (!sums) {
            sqlite3_result_null(context);
            return;
        }
        const std::string text = text_of_sums(*sums);
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

void add(sqlite3* connection, const char* name, void (*end)(sqlite3_context*)) {
    const int code = sqlite3_create_function_v2(connection, name, 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                                nullptr, nullptr, step, end, nullptr);
    if (code != SQLITE_OK) {
        throw DatabaseError{DatabaseErrorKind::permanent, std::to_string(code), sqlite3_errmsg(connection),
                            name};
    }
}

} // namespace

void register_unit_sums(sqlite3* connection) {
    add(connection, "turntable_minor_units_sum", final<source_text>);
    add(connection, "turntable_minor_units_error_sum", final<error_text>);
    add(connection, "turntable_minor_units_largest_error", final<largest_text>);
}

} // namespace turntable::sqlite::conversion
