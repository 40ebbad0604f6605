#pragma once
// The generic journal writes `?`; PostgreSQL wants $1, $2, … A statement that numbers its own placeholders is
// left alone, so operators such as jsonb's `?` stay usable there.

#include <cstddef>
#include <string>
#include <string_view>

namespace turntable::postgresql {

// Rewrites every `?` outside quotes, dollar quotes and comments to $n. check()s that there are `arguments` of
// them; returns sql unchanged if it has no arguments or uses $1 itself.
[[nodiscard]] std::string numbered_placeholders(std::string_view sql, std::size_t arguments);

} // namespace turntable::postgresql
