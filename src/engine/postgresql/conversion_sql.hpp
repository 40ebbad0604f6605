#pragma once
// Conversions as PostgreSQL expressions. They rely on the pinned session settings (extra_float_digits = 1)
// and use nothing but built-in functions, so that the server copies by itself.

#include <string>
#include <string_view>

#include "turntable/blueprint.hpp"

namespace turntable::postgresql {

struct ConvertedColumn {
    std::string name, type; // type as format_type() writes it
    bool nullable = true;
    int server_version = 160000; // server_version_num
    std::string collation = {};  // ` COLLATE x.y` of text, or ""
};

// Throws Error{usage|refused}. An expression refuses a value that its policies do not accept by a cast of a
// sentence that names column, value and reason: SQLSTATE 22P02, for bigint results.
[[nodiscard]] ConversionPlan compile_conversion(const Conversion& asked, const ConvertedColumn& source);

// A neutral type in PostgreSQL's words; any other text as it is.
[[nodiscard]] std::string native_type(std::string_view neutral_type);

} // namespace turntable::postgresql
