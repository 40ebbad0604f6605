#pragma once
// The account that made a view, a routine or a trigger is an owner and no part of what it does.

#include <string>

namespace turntable::mysql {

// "CREATE DEFINER=`app`@`%` VIEW …" without the account.
[[nodiscard]] std::string without_definer(std::string create);

} // namespace turntable::mysql
