#pragma once
// The only place where an identifier or a literal is written into SQL.

#include <string>
#include <string_view>
#include <vector>

namespace turntable::sqlite {

[[nodiscard]] std::string identifier(std::string_view name);                          // "a ""b"""
[[nodiscard]] std::string text_literal(std::string_view text);                        // 'it''s'
[[nodiscard]] std::string column_of(std::string_view alias, std::string_view column); // t."a"
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view separator);
// SQLite compares names without regard to the case of ASCII letters.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);
[[nodiscard]] std::string lower(std::string_view name);

} // namespace turntable::sqlite
