#pragma once
// The one place where planning turns names and texts into SQL.

#include <string>
#include <string_view>
#include <vector>

namespace turntable::postgresql {

// "name", always quoted: no list of reserved words to keep up with.
[[nodiscard]] std::string quoted(std::string_view name);
[[nodiscard]] std::string qualified(std::string_view schema, std::string_view name);
// 'text', or E'…' where it holds a backslash.
[[nodiscard]] std::string literal(std::string_view text);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view between);
// "a", "b" and so on, quoted.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& names);
// At most `bytes_max` bytes of valid UTF-8, cut between characters.
[[nodiscard]] std::string cut(std::string_view text, std::size_t bytes_max);

// The server's NAMEDATALEN - 1.
inline constexpr std::size_t name_bytes_max = 63;

} // namespace turntable::postgresql
