#pragma once
// Conversions in SQLite: every expression is a call of a function that this program registers in its own
// sessions. Values are converted by their storage class, whatever the column's declared type says.

#include <string>
#include <string_view>

#include "turntable/blueprint.hpp"

struct sqlite3;

namespace turntable::sqlite {

struct ConvertedColumn {
    std::string name, type; // type as declared
    bool nullable = true;
    std::string collation = "BINARY";
};

// Throws Error{usage|refused}.
[[nodiscard]] ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source);

// A neutral type in SQLite's words; any other text as it is.
[[nodiscard]] std::string native_type(std::string_view neutral_type);

// Registers turntable_minor_units and its kin (conversion_functions.cpp). Throws DatabaseError.
void register_functions(sqlite3* connection);

} // namespace turntable::sqlite
