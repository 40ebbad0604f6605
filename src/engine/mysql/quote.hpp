#pragma once
// Identifiers and values in SQL text. The sessions pin sql_mode without NO_BACKSLASH_ESCAPES and without
// ANSI_QUOTES and the character set utf8mb4; the escapes below are exact under these settings only.

#include <string>
#include <string_view>
#include <vector>

#include "turntable/statement.hpp"

namespace turntable::mysql {

[[nodiscard]] std::string quote_name(std::string_view name);
[[nodiscard]] std::string quote_text(std::string_view text);
// x'…'
[[nodiscard]] std::string quote_bytes(std::string_view bytes);
[[nodiscard]] std::string quote_value(const Value& value);
// The statement's text with each `?` outside quotes and comments replaced by its argument. A statement
// without arguments is returned as it is. check()s that the counts agree.
[[nodiscard]] std::string bound_text(const Statement& statement);

} // namespace turntable::mysql
