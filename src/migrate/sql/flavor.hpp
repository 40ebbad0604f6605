#pragma once
// Whose SQL a text is. Lexing, splitting and parsing differ between all four.

#include <array>
#include <optional>
#include <string_view>

namespace turntable::migrate {

enum class SqlFlavor { postgresql, mysql, mariadb, sqlite };

inline constexpr std::array sql_flavors{SqlFlavor::postgresql, SqlFlavor::mysql, SqlFlavor::mariadb,
                                        SqlFlavor::sqlite};

[[nodiscard]] std::string_view to_string(SqlFlavor flavor);
// The names of EngineTraits, and "postgres".
[[nodiscard]] std::optional<SqlFlavor> flavor_named(std::string_view name);

[[nodiscard]] constexpr bool is_mysql_family(SqlFlavor flavor) {
    return flavor == SqlFlavor::mysql || flavor == SqlFlavor::mariadb;
}

} // namespace turntable::migrate
