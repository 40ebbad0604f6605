#pragma once
// Conversions as expressions of MySQL and MariaDB. They rely on the pinned session settings (strict sql_mode,
// time zone, utf8mb4) and use nothing but built-in functions, so that the server copies by itself.

#include <string>
#include <string_view>

#include "turntable/blueprint.hpp"

namespace turntable::mysql {

struct ConvertedColumn {
    std::string name, type; // type as information_schema.columns.column_type has it
    bool nullable = true;
    bool mariadb = false;                            // which server it will run on
    std::string charset = "utf8mb4", collation = {}; // of text
};

// Throws Error{usage|refused}. An expression refuses a value that its policies do not accept by a cast that
// fails in strict mode inside INSERT and UPDATE; in a SELECT it warns and yields NULL.
[[nodiscard]] ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source);

// A neutral type in the server's words; any other text as it is.
[[nodiscard]] std::string native_type(std::string_view neutral_type);

} // namespace turntable::mysql
